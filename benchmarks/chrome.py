"""A browser for the page's benchmarks. Measures nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tools import chromium

FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")


@contextmanager
def browser() -> Iterator[Any]:
    """A running Chromium (playwright)."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=chromium.find(), args=list(FLAGS))
        try:
            yield chrome
        finally:
            chrome.close()
