"""A server under load, what it says of itself, and how a thing that was found is told."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.serving import HOST, PATIENCE, ROOT, free_port

PROMPT = "a red ball bouncing on a blue background"
STEPS = 4
# Everything may wait: the soak is about what happens then.
OPEN = ("--most-waiting", "1000", "--most-waiting-each", "1000", "--no-browser", "--host", HOST)


@dataclass(frozen=True)
class Held:
    """One thing that was looked at."""

    name: str
    goal: str
    found: str
    holds: bool

    def __str__(self) -> str:
        return f"{'ok' if self.holds else 'NOT OK':<8}{self.name}: {self.found} (goal {self.goal})"


class Server:
    """A server of its own process."""

    def __init__(self, runs: Path, *options: str):
        self.runs = runs
        self.temporary = runs.parent / f"{runs.name}-temporary"
        self.temporary.mkdir(exist_ok=True)
        port = free_port()
        self.address = f"http://{HOST}:{port}"
        environment = os.environ | {
            "GRADIO_ANALYTICS_ENABLED": "False",
            "HF_HUB_OFFLINE": "1",
            "TMPDIR": str(self.temporary),
            "GRADIO_TEMP_DIR": str(self.temporary / "gradio"),
        }
        command = [sys.executable, "app.py", "--port", str(port), "--runs-dir", str(runs), *OPEN, *options]
        self.log = (runs.parent / f"{runs.name}.log").open("a")
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=self.log, stderr=subprocess.STDOUT
        )
        until = time.monotonic() + PATIENCE
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(Path(self.log.name).read_text())
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.address + "/teacache/model", timeout=10):
                return True
        except OSError:
            return False

    def megabytes(self) -> float:
        """Resident memory."""
        return self._status("VmRSS") / 1024

    def threads(self) -> int:
        """Threads of the process."""
        return self._status("Threads")

    def _status(self, name: str) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition(name + ":")[2].split()[0])

    def kill(self) -> None:
        """End it at once, whatever it does."""
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        """Let it end."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()
        self.log.close()


@contextmanager
def server(runs: Path, *options: str) -> Iterator[Server]:
    """A server that is ended afterwards."""
    made = Server(runs, *options)
    try:
        yield made
    finally:
        made.end()
