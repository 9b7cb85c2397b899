"""Searches among schedules: all of them, or swaps from where one begins. Knows schedules and their scores."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import combinations

from teacache.errors import RequestError
from teacache.study.schedules import Schedule

MOST = 20_000  # schedules that an exact search may run
_FAR = 6  # steps that a swap may move a computed step by
Score = Callable[[Schedule], float]  # smaller is better


def every_schedule(steps: int, computed: int) -> list[Schedule]:
    """All schedules with so many computed steps, the first among them; that is what "exact" means.

    Raises RequestError where there are none, or more than can be run.
    """
    if not 1 <= computed <= steps:
        raise RequestError(
            "{computed} of {steps} steps cannot be computed: choose from 1 to {steps}.",
            computed=computed,
            steps=steps,
        )
    count = math.comb(steps - 1, computed - 1)
    if count > MOST:
        raise RequestError(
            "There are {count} schedules with {computed} of {steps} steps, too many to run them all: ask for "
            "at most 16 steps.",
            count=count,
            computed=computed,
            steps=steps,
        )
    return [
        tuple(step == 0 or step in chosen for step in range(steps))
        for chosen in combinations(range(1, steps), computed - 1)
    ]


def swaps(schedule: Schedule, far: int = _FAR) -> Iterator[Schedule]:
    """Every schedule that moves one computed step, not the first, by at most `far`."""
    for old, computed in enumerate(schedule):
        if not computed or not old:
            continue
        for new in range(max(1, old - far), min(len(schedule), old + far + 1)):
            if not schedule[new]:
                moved = list(schedule)
                moved[old], moved[new] = False, True
                yield tuple(moved)


def climbed(schedule: Schedule, score: Score, far: int = _FAR) -> Schedule:
    """Swap as long as that makes the score smaller, each time the best swap there is."""
    best = score(schedule)
    while True:
        found = min(((score(other), other) for other in swaps(schedule, far)), default=(best, schedule))
        if found[0] >= best:
            return schedule
        best, schedule = found
