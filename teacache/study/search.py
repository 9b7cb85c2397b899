"""Searches among schedules: all of them, a beam, or swaps from where one begins.

Only the first finds the best; what the others find is called the best found. Knows schedules and scores.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import combinations

from teacache.errors import RequestError
from teacache.study.schedules import Schedule, refuse_impossible

MOST = 20_000  # schedules that an exact search may run
_FAR = 6  # steps that a swap may move a computed step by
Score = Callable[[Schedule], float]  # smaller is better


def every_schedule(steps: int, computed: int) -> list[Schedule]:
    """All schedules with so many computed steps, the first among them; that is what "exact" means.

    Raises RequestError where there are none, or more than can be run.
    """
    refuse_impossible(steps, computed)
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


def beam(steps: int, computed: int, score: Score, *, width: int = 8) -> list[Schedule]:
    """At most `width` schedules with so many computed steps, the best first.

    From the first step alone, one computed step is added at a time, wherever the score says; the `width` best
    of each number go on. Raises RequestError for a number that a run cannot have.
    """
    refuse_impossible(steps, computed)
    held = [tuple(step == 0 for step in range(steps))]
    for _ in range(computed - 1):
        grown = {more for schedule in held for more in _with_one_more(schedule)}
        held = sorted(grown, key=lambda schedule: (score(schedule), schedule))[:width]
    return held


def _with_one_more(schedule: Schedule) -> Iterator[Schedule]:
    for step, computed in enumerate(schedule):
        if not computed:
            yield (*schedule[:step], True, *schedule[step + 1 :])


def climbed(schedule: Schedule, score: Score, far: int = _FAR) -> Schedule:
    """Swap as long as that makes the score smaller, each time the best swap there is."""
    best = score(schedule)
    while True:
        winner = min(((score(other), other) for other in swaps(schedule, far)), default=(best, schedule))
        if winner[0] >= best:
            return schedule
        best, schedule = winner
