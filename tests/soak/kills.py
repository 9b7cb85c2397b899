"""Killed at random moments: the store always lists, finished runs are whole, nothing half-written is left."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from pathlib import Path

from teacache.runs.files import UNFINISHED
from teacache.runs.store import Store
from tests.soak.crowd import ask
from tests.soak.server import Held, Server, server

KILLS = 50


def checks(folder: Path, share: float) -> Iterator[Held]:
    """What is in the runs folder after every kill, and after the last start."""
    kills, moments = max(3, round(KILLS * share)), random.Random()
    runs, broken, finished = folder / "runs", [], set()
    for _ in range(kills):
        held = Server(runs)
        worker = threading.Thread(target=_asking, args=(held, finished), daemon=True)
        worker.start()
        worker.join(moments.uniform(4, 20))
        held.kill()
        held.log.close()
        listing = Store(runs).scan()
        broken += [problem for problem in listing.problems if not problem.startswith(UNFINISHED)]
        missing = finished - {run.run_id for run in listing.runs}
        broken += [f"{run_id} is gone" for run_id in missing]
    told = f"{len(finished)} finished runs, {'; '.join(broken) or 'none broken'}"
    yield Held(f"runs after {kills} kills", "all whole", told, not broken)
    with server(runs):
        left = list(runs.rglob(UNFINISHED + "*"))
    yield Held("left half-written after a start", "0", str(len(left)), not left)


def _asking(held: Server, finished: set[str]) -> None:
    """Run after run until the server is gone."""
    try:
        for number in range(1000):
            finished.add(ask(held, number).run)
    except Exception:
        return
