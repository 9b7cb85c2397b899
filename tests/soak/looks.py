"""Someone who only looks: a recorded run, the what-if, the tour's facts, the model's state, again and again.

In a process of his own, so that no other client's work is in his seconds.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx

from tools.serving import ROOT

RECORDED = "1-faithful"
EVERY = 0.05  # seconds between two looks
WHAT_IF = {"data": [RECORDED, 0.2, "", False, 0, -1, 0, "", "", ""]}


@contextmanager
def looking(address: str) -> Iterator[dict[str, list[float]]]:
    """Look at a server inside; afterwards the dict holds the seconds of every look by its kind."""
    found: dict[str, list[float]] = {}
    command = [sys.executable, "-m", "tests.soak.looks", address]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield found
    finally:
        told, _ = process.communicate()  # its input ends, and so does it
    if process.returncode:
        raise RuntimeError("a look was not answered; its kind stands above")
    found.update(json.loads(told))


def within(part: float, seconds: Sequence[float]) -> float:
    """The time that so large a part of the looks took at most."""
    return sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * part))]


def main(address: str) -> None:
    """Look until the input ends, then print the seconds."""
    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    with httpx.Client(base_url=address, timeout=60) as client:
        kinds = _kinds(client)
        seconds: dict[str, list[float]] = {name: [] for name in kinds}
        while not over.is_set():
            for name, look in kinds.items():
                before = time.perf_counter()
                assert look().status_code == 200, name
                seconds[name].append(time.perf_counter() - before)
                time.sleep(EVERY)
    print(json.dumps(seconds))


def _kinds(client: httpx.Client) -> dict[str, Callable[[], httpx.Response]]:
    shown = json.dumps({"fn_index": _function(client), "data": [[]], "session_hash": "looker"})
    return {
        "a recorded run": lambda: client.post("/gradio_api/run/predict", content=shown),
        "what-if": lambda: client.post("/gradio_api/run/what_if", content=json.dumps(WHAT_IF)),
        "the visitor's runs": lambda: client.get("/teacache/history?ids="),
        "the tour's curve": lambda: client.get("/teacache/tour"),
        "the tour's facts": lambda: client.get(f"/teacache/teach/{RECORDED}"),
        "the model's state": lambda: client.get("/teacache/model"),
    }


def _function(client: httpx.Client) -> int:
    """The number of the function that a click on the recorded run calls."""
    config: dict[str, Any] = client.get("/config").json()
    button = next(
        part["id"] for part in config["components"] if part["props"].get("elem_id") == f"tc-run-{RECORDED}"
    )
    return next(job["id"] for job in config["dependencies"] if [button, "click"] in map(list, job["targets"]))


if __name__ == "__main__":
    main(sys.argv[1])
