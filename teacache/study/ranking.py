"""Where TeaCache, even intervals and a planned schedule stand among all schedules of a short run.

Every schedule with as many computed steps is run from one noise, all reusing residuals as the authors do, so
that only the choice of steps differs. Knows pipelines through loops; nothing of pages.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from teacache.method.gate import Gate, Settings
from teacache.models.schedules import shipped
from teacache.runs.adapters import checked
from teacache.runs.request import Request
from teacache.study.exact import Everything, Progress, Standing, everything
from teacache.study.loop import Loop, taken_apart
from teacache.study.schedules import Schedule, refuse_impossible, uniform
from teacache.study.walk import Reuse, gated, taking_apart

_THRESHOLDS = np.geomspace(1e-3, 10, 200)
_TRIES = (1 / 2, 1 / 4, 3 / 4, 0, 1)  # places among the thresholds that look right


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A schedule with a name, and where it stands."""

    schedule: Schedule
    standing: Standing


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """The mean squared errors of all schedules' final latents, and the marks: "best" is the optimum."""

    steps: int
    computed: int
    errors: tuple[float, ...]
    marks: dict[str, Mark]


def ranking(
    pipe: Any, request: Request, computed: int, *, batch: int = 1
) -> Generator[Progress, None, Ranking]:
    """Run `request` by every schedule of `computed` steps; a pause after every computed step.

    A mark is missing where there is none: no planned schedule for so many steps, no threshold at which
    TeaCache computes just as many. Raises RequestError for what cannot be run, and for too many schedules.
    """
    steps = checked(pipe, request).steps
    refuse_impossible(steps, computed)
    with taking_apart(pipe) as held:
        loop = taken_apart(pipe, request, held, keep=steps)
        ranked = yield from everything(loop, computed, Reuse(), batch=batch)
        named = {"teacache": (yield from _teacache(loop, request.settings, computed))}
    named |= {"uniform": uniform(loop.steps, computed), "best": ranked.best}
    named["planned"] = next(
        (
            each.schedule
            for each in shipped(request.model)
            if (len(each.schedule), each.computed) == (loop.steps, computed)
        ),
        None,
    )
    return Ranking(
        steps=loop.steps, computed=computed, errors=tuple(ranked.errors.values()), marks=_marks(ranked, named)
    )


def _marks(ranked: Everything, named: dict[str, Schedule | None]) -> dict[str, Mark]:
    return {
        name: Mark(schedule=schedule, standing=ranked.standing(schedule))
        for name, schedule in named.items()
        if schedule is not None
    }


def _teacache(loop: Loop, settings: Settings, computed: int) -> Generator[Progress, None, Schedule | None]:
    """The schedule of a run that TeaCache decides, at a threshold where it computes just as many steps."""
    right = [t for t in _THRESHOLDS if _foretold(loop.distances, settings, t) == computed]
    for place in _TRIES if right else ():
        threshold = right[math.floor(place * (len(right) - 1))]
        run = gated(loop, settings.replaced(threshold=float(threshold), schedule=None), Reuse())
        schedule, _ = yield from _counted(run)
        if sum(schedule) == computed:
            return schedule
    return None


def _counted(run: Generator[None, None, Any]) -> Generator[Progress, None, Any]:
    done = 0
    while True:
        try:
            next(run)
        except StopIteration as end:
            return end.value
        done += 1
        yield Progress(done, done)


def _foretold(distances: Sequence[float | None], settings: Settings, threshold: float) -> int:
    gate, steps = Gate(settings.replaced(threshold=float(threshold), schedule=None)), len(distances)
    return sum(gate.decide(step=i, steps=steps, distance=d).computed for i, d in enumerate(distances))
