"""Many clients at once: each gets its own right run, bit for bit; who only looks is answered meanwhile."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

import httpx
from gradio_client import Client

from teacache.models.catalog import CARDS
from teacache.runs.request import Request
from teacache.runs.store import Store
from tests.soak.server import PROMPT, STEPS, Held, Server, server

CLIENTS = 50
SEEDS = 5  # each asked by several clients
THRESHOLD = 0.3
QUICK = 0.2  # seconds


def checks(folder: Path, share: float) -> Iterator[Held]:
    """What a crowd of clients finds."""
    clients = max(4, round(CLIENTS * share))
    direct = {seed: _direct(folder, seed) for seed in range(min(SEEDS, clients))}
    with server(folder / "runs") as held:
        ask(held, 0)  # the model is loaded
        looked, done = [], threading.Event()
        looker = threading.Thread(target=_look, args=(held, looked, done))
        looker.start()
        with ThreadPoolExecutor(clients) as pool:
            answers = list(pool.map(lambda number: ask(held, number % len(direct)), range(clients)))
        done.set()
        looker.join()
    right = sum(files == direct[seed] for seed, _, files in answers)
    yield Held("clients at once with their own right video", str(clients), str(right), right == clients)
    ids = {run for _, run, _ in answers}
    yield Held("runs that are one's own", str(clients), str(len(ids)), len(ids) == clients)
    middle, slowest = median(looked), sorted(looked)[int(len(looked) * 0.95)]
    told = f"{1000 * middle:.0f} ms median, {1000 * slowest:.0f} ms at 95 %, {len(looked)} looks"
    yield Held("looking while the model works", "200 ms", told, middle < QUICK)


def ask(held: Server, seed: int) -> tuple[int, str, tuple[str, str]]:
    """The seed, the id and the videos of a small run by a client of its own."""
    client = Client(held.address, verbose=False)
    asked = {"threshold": THRESHOLD, "model": "shapes", "seed": seed, "steps": STEPS, "guidance_scale": 0}
    state, *_ = client.predict(prompt=PROMPT, **asked, api_name="/compare")
    return seed, state["run"], _files(held.runs / state["run"])


def _files(folder: Path) -> tuple[str, str]:
    """The two videos in a word each."""
    places = (folder / f"{name}.mp4" for name in ("uncached", "cached"))
    return tuple(hashlib.sha256(place.read_bytes()).hexdigest() for place in places)


def _direct(folder: Path, seed: int) -> tuple[str, str]:
    """The same of a run by the library, without any server."""
    from teacache.runs.compare import compare  # only now: the other checks need no torch here

    settings = CARDS["shapes"].settings(THRESHOLD)
    *_, last = compare(_pipe(), Request(prompt=PROMPT, seed=seed, steps=STEPS, settings=settings))
    return _files(Store(folder / "direct").save(last.comparison).folder)


@cache
def _pipe() -> Any:
    from teacache.models.loading import load

    return load("shapes")


def _look(held: Server, seconds: list[float], done: threading.Event) -> None:
    """As a page does: what-if, the history, a recorded run's facts."""
    what_if = {"data": ["1-faithful", 0.2, "", False, 0, -1, 0, "", ""]}
    with httpx.Client(base_url=held.address, timeout=60) as client:
        while not done.is_set():
            for ask in (
                lambda: client.post("/gradio_api/run/what_if", content=json.dumps(what_if)),
                lambda: client.get("/teacache/history?ids="),
                lambda: client.get("/teacache/teach/1-faithful"),
            ):
                before = time.monotonic()
                assert ask().status_code == 200
                seconds.append(time.monotonic() - before)
            time.sleep(0.2)
