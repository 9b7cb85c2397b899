"""Every schedule there is of a short run, so that one can say how far a method is from the best.

Exact for one prompt, one noise and one way to reuse; it needs the whole run many times, so it is a measure
and not a method. For more steps than can be tried, the best found by swaps stands in, under that name. Knows
loops and schedules; nothing of pages.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from teacache.study.loop import Loop
from teacache.study.schedules import Schedule
from teacache.study.search import every_schedule, swaps
from teacache.study.walk import Reuse, cost, walk


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where one schedule stands among all."""

    error: float  # mean squared, of the final latents
    percentile: float  # share of all schedules that are worse, in percent
    regret: float  # dB above the best one


class Progress(NamedTuple):
    """Computed steps, of how many: with the seconds so far, the forecast of the rest."""

    done: int
    total: int


@dataclass(frozen=True)
class Everything:
    """The error of every schedule with as many computed steps."""

    errors: dict[Schedule, float]

    @property
    def best(self) -> Schedule:
        """The exact optimum."""
        return min(self.errors, key=self.errors.__getitem__)

    def standing(self, schedule: Schedule) -> Standing:
        """Where it stands; it must have as many computed steps."""
        error, values = self.errors[schedule], np.array(list(self.errors.values()))
        return Standing(
            error=error,
            percentile=100 * float((values > error).mean()),
            regret=10 * float(np.log10(max(error, 1e-12) / max(values.min(), 1e-12))),
        )


def everything(
    loop: Loop, computed: int, reuse: Reuse, *, batch: int = 1
) -> Generator[Progress, None, Everything]:
    """Run every schedule of so many computed steps. Raises RequestError, before any run, for too many."""
    schedules = every_schedule(loop.steps, computed)
    errors = yield from _run(loop, schedules, reuse, batch)
    return Everything(errors)


def best_found(
    loop: Loop, starts: Iterable[Schedule], reuse: Reuse, *, far: int = 3, rounds: int = 8, batch: int = 1
) -> Generator[Progress, None, Everything]:
    """Swap by swap from the best of some schedules, every swap run; at most so many rounds."""
    errors = yield from _run(loop, list(starts), reuse, batch)
    for _ in range(rounds):
        best = Everything(errors).best
        fresh = [other for other in swaps(best, far) if other not in errors]
        errors |= yield from _run(loop, fresh, reuse, batch)
        if Everything(errors).best == best:
            break
    return Everything(errors)


def _run(
    loop: Loop, schedules: list[Schedule], reuse: Reuse, batch: int
) -> Generator[Progress, None, dict[Schedule, float]]:
    errors: dict[Schedule, float] = {}
    done, total = 0, cost(schedules)
    for walked in walk(loop, schedules, reuse, batch=batch):
        if walked is None:
            done += 1
            yield Progress(done, total)
        else:
            errors[walked[0]] = float((walked[1] - loop.final).float().pow(2).mean())
    return errors
