"""The folder that `make space` builds, started as on the hub: its port, its variables, another user.

By the Python of these tests, or by the one that TEACACHE_SPACE_PYTHON names. `python -m tests.as_a_space`
makes one as the hub does, of the version that the Space asks for and with its requirements alone, and runs
the tests of the Space with it; with a FOLDER it is kept there, and used again.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from teacache import space
from tools.serving import HOST, ROOT, free_port

NOBODY = 65534
PATIENCE = 120  # seconds
CHOSEN = "TEACACHE_SPACE_PYTHON"
PYTHON = os.environ.get(CHOSEN, sys.executable)
TESTS = ("tests/test_space.py", "tests/browser/test_space.py")


def another_user() -> dict[str, int]:
    """Nobody, to start a process as; nothing where that is not allowed, or Python is out of its reach."""
    reachable = all(place.stat().st_mode & 1 for place in Path(PYTHON).resolve().parents)
    return {"user": NOBODY} if os.geteuid() == 0 and reachable else {}


@contextmanager
def started(place: Path, **variables: str) -> Iterator[tuple[str, Path]]:
    """The address of a Space, once it answers, and its folder, where it may write nothing.

    Its home is `place / "home"`. Raises AssertionError with what it said where it does not answer.
    """
    folder, home, port = place / "space", place / "home", free_port()
    space.build(folder)
    home.mkdir()
    home.chmod(0o777)
    for above in (place, *place.parents):
        if above != Path("/tmp") and Path("/tmp") in above.parents:
            above.chmod(0o755)
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(home), "SPACE_ID": "somebody/teacache", "SYSTEM": "spaces",
        "GRADIO_SERVER_PORT": str(port), "GRADIO_SERVER_NAME": HOST, "GRADIO_ANALYTICS_ENABLED": "False",
        "HF_HUB_OFFLINE": "1", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1",
        "GRADIO_TEMP_DIR": str(home / "gradio"), "CPU_CORES": "2",
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "2"), **variables,
    }  # fmt: skip
    with (place / "log").open("w") as log:
        server = subprocess.Popen(
            [PYTHON, "app.py"], cwd=folder, env=environment, stdout=log, stderr=log, **another_user()
        )
    try:
        _wait(f"http://{HOST}:{port}/", server, place / "log")
        yield f"http://{HOST}:{port}", folder
    finally:
        server.terminate()
        server.wait(20)


def fetched(address: str) -> str:
    """The text at an address."""
    with urllib.request.urlopen(address, timeout=20) as answer:
        return answer.read().decode()


def _wait(address: str, server: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            fetched(address)
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(log.read_text())


def environment(folder: Path) -> Path:
    """The Python of an environment there: the Space's version, its requirements; made if it is not."""
    made = folder / "bin" / "python"
    if not made.exists():
        wanted = re.search(r'^python_version: "(.*)"', (ROOT / "Spacefile").read_text(), re.MULTILINE)
        assert wanted
        outside = "/usr/bin:/usr/local/bin"  # first where another user may look too
        python = shutil.which(f"python{wanted[1]}", path=f"{outside}:{os.environ['PATH']}") or sys.executable
        subprocess.run([python, "-m", "venv", folder], check=True)
        subprocess.run([made, "-m", "pip", "install", "-q", "-r", "requirements.txt"], cwd=ROOT, check=True)
    return made


def main(arguments: list[str]) -> int:
    """Run the tests of the Space with an environment as the hub has; `FOLDER`: where it is kept."""
    with tempfile.TemporaryDirectory(prefix="teacache-space-") as folder:
        Path(folder).chmod(0o755)
        chosen = {CHOSEN: str(environment(Path(*arguments or [folder])))}
        tests = [sys.executable, "-m", "pytest", "-q", *TESTS]
        return subprocess.run(tests, cwd=ROOT, env=os.environ | chosen, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
