"""Many runs in a row: memory, threads and temporary files stay as they were."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from tests.soak.crowd import ask
from tests.soak.server import Held, Server, server

RUNS = 200
SETTLED = 10  # runs after which memory is as it will be
GROWTH = 1.02
KEPT = 20
LOOKS, PAUSE = 15, 0.2  # seconds between two looks at the threads


def checks(folder: Path, share: float) -> Iterator[Held]:
    """What is left of a server after many runs."""
    runs = max(2 * SETTLED, round(RUNS * share))
    with server(folder / "runs", "--most-runs", str(KEPT)) as held:
        for number in range(SETTLED):
            ask(held, number)
        memory, threads, files = held.megabytes(), _threads(held), _files(held)
        for number in range(SETTLED, runs):
            ask(held, number)
        after = held.megabytes()
        told = f"{memory:.0f} to {after:.0f} MB from run {SETTLED} to {runs}"
        yield Held("memory of a row of runs", "at most 2 % more", told, after <= memory * GROWTH)
        more = _threads(held) - threads
        yield Held("threads left over", "0", str(more), more <= 0)
        left = _files(held) - files
        yield Held("temporary files left over", "0", str(left), left <= 0)
        kept = len([place for place in held.runs.iterdir() if not place.name.startswith(".")])
        yield Held("runs kept", str(KEPT), str(kept), kept == KEPT)


def _threads(held: Server) -> int:
    """Threads that stay: the fewest within a few seconds, since some end a moment after their answer."""
    counts = []
    for _ in range(LOOKS):
        counts.append(held.threads())
        time.sleep(PAUSE)
    return min(counts)


def _files(held: Server) -> int:
    """Temporary files outside of Gradio's cache, which it clears by their age."""
    cache = held.temporary / "gradio"
    return sum(path.is_file() and cache not in path.parents for path in held.temporary.rglob("*"))
