"""What needs the model, as generators of plain data: asked with a request and data, answered with data.

On most machines they run in this process; on ZeroGPU each in a process of its own, see borrowed.py, where
the model and the engine are what they were when that was forked. No tensor goes in or out. Knows no page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from teacache.method.trace import Trace
from teacache.models.pace import SLOT
from teacache.runs.comparison import Comparison, Fidelity, Run, SoundFidelity
from teacache.runs.request import Request
from ui.models.imports import imported

if TYPE_CHECKING:
    from ui.run.engine import Engine

MARGIN = 1.25  # a slot is so much longer than what is foretold: a run cut off is worth nothing


def lend(engine: Engine, request: Request, uncached: Run) -> None:
    """Let the next job find an uncached run of its request that another process made."""
    pipe, checked = engine.models.get(request.model), imported("teacache.runs.adapters").checked
    engine.baselines.put(pipe, checked(pipe, request), uncached)


def compare(engine: Engine, request: Request, every: int) -> Iterator[Any]:
    """The states of a comparison, with a preview every so many steps."""
    pipe = engine.models.get(request.model)
    comparing = imported("teacache.runs.compare").compare
    return comparing(pipe, request, baselines=engine.baselines, preview_every=every)


def rivals(engine: Engine, request: Request, comparison: Comparison, methods: Sequence[str]) -> Iterator[Any]:
    """The rivals of a comparison of `request`, one a method, with None for signs of life."""
    pipe = engine.models.get(request.model)
    return imported("teacache.study.rivals").racing(pipe, comparison, methods)


def third(
    engine: Engine, request: Request, cached: Trace, fidelity: Fidelity | SoundFidelity | None
) -> Iterator[Any]:
    """The clip of fewer steps, at last; None before. `fidelity`: its own, if that was measured before."""
    study = imported("teacache.study.plain")
    pipe = engine.models.get(request.model)
    reference = engine.baselines.get(pipe, request)
    with closing(study.same_time(pipe, request, cached, reference=reference, known=fidelity)) as events:
        for event in events:
            yield event if isinstance(event, study.Plain) else None


def race(engine: Engine, request: Request, names: Sequence[str]) -> Iterator[Any]:
    """The states of chosen rivals."""
    pipe = engine.models.get(request.model)
    uncached = engine.baselines.get(pipe, request)
    return imported("teacache.study.race").race(pipe, request, names, uncached=uncached)


def signals(engine: Engine, request: Request, computed: Any, names: Sequence[str]) -> Iterator[Any]:
    """The states of runs by other signals."""
    pipe = engine.models.get(request.model)
    return imported("teacache.study.ablation").comparing_signals(pipe, request, computed, names=names)


def damage(engine: Engine, request: Request, steps: Sequence[int]) -> Iterator[Any]:
    """The rows of a damage map; first whether its uncached run has to be made."""
    pipe = engine.models.get(request.model)
    baseline = engine.baselines.get(pipe, request)
    yield baseline is None
    reference = None if baseline is None else baseline.video
    yield from imported("teacache.study.damage").damage(pipe, request, reference=reference, steps=steps)


def everything(engine: Engine, request: Request, computed: int) -> Iterator[Any]:
    """How many of all schedules were run, as pairs; at last what they came to."""
    pipe = engine.models.get(request.model)
    ranking = imported("teacache.study.ranking").ranking
    yield (yield from ranking(pipe, request.checked(pipe.teacache_card), computed))


@dataclass(frozen=True)
class Job:
    """A kind of work, and for how many seconds it needs a GPU, both of an engine, a request and data."""

    states: Callable[..., Iterator[Any]]
    seconds: Callable[..., float]


def _both(engine: Engine, request: Request, *_: Any) -> float:
    """As long as an uncached and a cached run, which is enough for one run more and an uncached one."""
    forecast = engine.forecasts.of(request.checked(engine.models.card(request.model), image_to_come=True))
    return SLOT if forecast is None else MARGIN * forecast.total


def _each(engine: Engine, request: Request, comparison: Comparison, methods: Sequence[str]) -> float:
    """As many runs as methods, each as long as the uncached one at most; some try several settings."""
    run = comparison.uncached.timings
    return min(SLOT, MARGIN * len(methods) * (run.denoising + run.decoding) + run.text)


def _all(*_: Any) -> float:
    return SLOT


JOBS = {
    "compare": Job(compare, _both),
    "rivals": Job(rivals, _each),
    "third": Job(third, _both),
    "race": Job(race, _all),
    "signals": Job(signals, _all),
    "damage": Job(damage, _all),
    "everything": Job(everything, _all),
}
