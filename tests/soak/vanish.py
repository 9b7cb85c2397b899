"""Clients that vanish, return, or never listen: the model is free for others, and who returns has his run."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from tests.soak.crowd import ask
from tests.soak.server import PROMPT, Held, Server, server

LONG = 150  # steps
UNREAD = 10


def checks(folder: Path, share: float) -> Iterator[Held]:
    """How long the next visitor waits."""
    with server(folder / "runs") as held:
        ask(held, 0)
        alone = _seconds(held)
        with httpx.Client(base_url=held.address, timeout=60) as client:
            event = _post(client)
            with client.stream("GET", f"/gradio_api/call/compare/{event}") as answers:
                next(line for line in answers.iter_lines() if "generating" in line)
            waited = _seconds(held)
            goal = f"{alone:.1f} s and a call"
            told, most = f"{waited:.1f} s", 2 * alone + 3
            yield Held("the next run after one that vanished", goal, told, waited < most)
            with client.stream("GET", f"/gradio_api/call/compare/{event}", timeout=300) as answers:
                last = [line for line in answers.iter_lines() if line.startswith("data: [{")][-1]
            done = '"phase": "done"' in last
            yield Held("the run of who returned", "done", "done" if done else last[:80], done)
            for _ in range(UNREAD):
                _post(client)
            waited = _seconds(held)
        told = f"{waited:.1f} s after {UNREAD} that nobody reads"
        yield Held("the next run after unread ones", f"{alone:.1f} s", told, waited < 2 * alone + 1)


def _post(client: httpx.Client) -> str:
    data = [PROMPT, 0.3, "shapes", 1, LONG, 0, False, 0, -1, 0, False, None, "", 0, "", "", False]
    answer = client.post("/gradio_api/call/compare", content=json.dumps({"data": data}))
    return answer.json()["event_id"]


def _seconds(held: Server) -> float:
    before = time.monotonic()
    ask(held, 0)
    return time.monotonic() - before
