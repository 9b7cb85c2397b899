"""Start a Python program of this repository that serves pages, and wait until it answers.

For the browser tests and the benchmarks. Knows processes, ports and addresses; nothing of what is served.
"""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOST = "127.0.0.1"
PORTS = range(20_000, 30_000)  # below those that systems give to outgoing connections in the meantime
PATIENCE = 300  # seconds for a server to answer
POLL = 0.02  # seconds between two questions: also how late the answer may be noticed
LAST_WORDS = 20  # seconds for a server to end by itself


def free_port() -> int:
    """A port that nobody listens on. Raises OSError if there is none."""
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            return port
    raise OSError(f"No port of {HOST} from {PORTS.start} to {PORTS.stop} is free.")


@contextmanager
def served(command: Sequence[str], port: int, log: Path, *, root: Path = ROOT) -> Iterator[str]:
    """The address of `python COMMAND`, as soon as it answers on the port; ended afterwards.

    It is run in the checkout `root`; its output goes to `log`. Raises RuntimeError with that output if it
    ends early or does not answer.
    """
    environment = os.environ | {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1"}
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, *command], cwd=root, stdout=output, stderr=subprocess.STDOUT, env=environment
        )
    try:
        address = f"http://{HOST}:{port}"
        _wait(address, process, log)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(LAST_WORDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(address: str, process: subprocess.Popen, log: Path) -> None:
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=10):
                return
        except OSError:
            time.sleep(POLL)
    how = "did not answer in time" if process.poll() is None else f"ended with {process.returncode}"
    raise RuntimeError(f"The server {how}. Its output:\n{log.read_text(errors='replace')}")
