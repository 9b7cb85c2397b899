"""A reader's desk: a folder that looks like the checkout, where what is printed can be run, and the demo."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.printed.blocks import ROOT, fenced

PORT = 7860  # that the README prints, since Gradio takes it where it is free
PATIENCE = 300  # seconds for the demo to say where it is
LEFT_OUT = {".git", "runs", "artifacts"}  # what a run would write, or must not touch


@pytest.fixture(scope="package")
def desk(tmp_path_factory) -> Path:
    """The files of the checkout, in a folder of their own for what the blocks write."""
    place = tmp_path_factory.mktemp("desk")
    for entry in ROOT.iterdir():
        if entry.name not in LEFT_OUT:
            (place / entry.name).symlink_to(entry)
    return place


def environment() -> dict[str, str]:
    """As at a shell where the README's `python` is the one of .venv; no browser opens by itself."""
    own = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "BROWSER": "true"}
    return {name: value for name, value in os.environ.items() if name != "TEACACHE_RUNS_DIR"} | own


@pytest.fixture(scope="package")
def demo(desk) -> Iterator[str]:
    """The address that the README's first block prints, as long as it runs."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", PORT)) == 0:
            _cannot(f"another program has port {PORT}, which the README prints: stop it")
    with _demo(desk, environment()) as address:
        yield address


@pytest.fixture(scope="module")
def other_demo(desk) -> Iterator[str]:
    """The same at a port of its own, so that it can run beside the one at the printed port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with _demo(desk, environment() | {"PORT": str(port)}) as address:
        yield address


@contextmanager
def _demo(desk: Path, env: dict[str, str]) -> Iterator[str]:
    if not (ROOT / ".venv" / ".installed-app").exists():
        _cannot("`make demo` would install packages first: run it once, or run the tests by `make test`")
    log = desk / "demo.log"
    with log.open("w") as output:
        running = subprocess.Popen(
            ["bash", "-ec", fenced("README.md")[0].text], cwd=desk, env=env, stdout=output,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        yield _address(running, log)
    finally:
        os.killpg(running.pid, signal.SIGTERM)
        running.wait(30)


def _cannot(why: str) -> None:
    """Skip, except under CI, where it fails."""
    (pytest.skip if os.environ.get("CI", "").lower() in ("", "0", "false") else pytest.fail)(why)


def _address(running: subprocess.Popen, log: Path) -> str:
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up and running.poll() is None:
        found = re.search(r"http://[\w.]+:\d+", log.read_text(errors="replace"))
        if found:
            return found[0]
        time.sleep(0.1)
    raise RuntimeError(f"make demo did not say where it is:\n{log.read_text(errors='replace')}")
