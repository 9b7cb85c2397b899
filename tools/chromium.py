"""Find the Chromium that the browser tests drive: the system's, or the one that CHROMIUM names."""

import os
import shutil
import subprocess
from pathlib import Path

HANDLE = Path(__file__).with_name("handle.js")  # an init script for who looks into the page
NAMES = ("chromium", "chromium-browser", "google-chrome")
HOW_TO_INSTALL = "no Chromium: install it (Debian: apt-get install chromium) or set CHROMIUM to its path"


def find() -> str | None:
    """The path of the browser, or None."""
    names = [os.environ["CHROMIUM"]] if os.environ.get("CHROMIUM") else NAMES
    return next(filter(None, map(shutil.which, names)), None)


def version() -> str:
    """One line for the head of a test report."""
    path = find()
    if path is None:
        return "none"
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=30)
    except subprocess.TimeoutExpired:  # on a busy machine; no reason not to test
        return "unknown"
    return answer.stdout.strip() or "unknown"
