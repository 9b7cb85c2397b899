"""Who only looks beside runs of a usual length: he is answered as if the model did nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.soak.crowd import ask, looks_held
from tests.soak.looks import looking
from tests.soak.server import Held, server

RUNS = 6
STEPS = 25


def checks(folder: Path, share: float) -> Iterator[Held]:
    """How long looks take while one visitor makes run after run."""
    with server(folder / "runs") as held:
        ask(held, 0)  # the model is loaded
        with looking(held.address) as looked:
            for number in range(max(2, round(RUNS * share))):
                ask(held, number, steps=STEPS)
    yield from looks_held(looked, f"beside runs of {STEPS} steps")
