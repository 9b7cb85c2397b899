"""The plain ways to spend the same number of computed calls: reuse at even intervals, or simply fewer steps.

Same noise, same prompt, judged against the same uncached clip. Knows pipelines and comparisons; knows no
page.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import Any

from teacache.method.trace import Trace
from teacache.runs.comparison import Comparison, Rival, RivalName, Run
from teacache.runs.fidelity import judging
from teacache.runs.request import STEPS, Request
from teacache.runs.speed import speed
from teacache.study.clips import sample, sampling
from teacache.study.schedules import fixed, uniform


def equal_cost(pipe: Any, comparison: Comparison) -> Iterator[Rival]:
    """Run the rivals of a finished comparison, each with as many computed calls as TeaCache had.

    A run of one step cannot be asked for, so "fewer_steps" is left out where TeaCache computed only one.
    """
    for rival in racing(pipe, comparison):
        if rival is not None:
            yield rival


def racing(pipe: Any, comparison: Comparison) -> Iterator[Rival | None]:
    """The same, with None at every call and once a second: closed there, it stops before the next call."""
    request, trace = comparison.request, comparison.cached.trace
    computed = computed_steps(trace)
    run = yield from sampling(pipe, request, fixed(uniform(request.steps, computed)))
    yield (yield from _judged("uniform", run, comparison))
    if computed >= STEPS[0]:
        run = yield from sampling(pipe, replace(request, steps=computed))
        yield (yield from _judged("fewer_steps", run, comparison))


def _judged(name: RivalName, run: Run, comparison: Comparison) -> Generator[None, None, Rival]:
    found = yield from judging(run, comparison.uncached)
    return Rival(
        name=name,
        computed_calls=run.trace.computed_calls,
        calls=len(run.trace.records),
        seconds=run.timings.denoising,
        fidelity=found,
        disturbed=disturbed(comparison.uncached, run),
    )


def disturbed(uncached: Run, run: Run) -> bool:
    """Whether something else took the machine's time in `run`, set beside the uncached run of that noise."""
    seconds = uncached.timings.denoising, run.timings.denoising
    return speed(uncached.trace, run.trace, seconds=seconds).cached_in_doubt


def uniform_reuse(pipe: Any, request: Request, computed: int) -> Run:
    """The same run with `computed` evenly spread steps; in between, residuals are reused as by TeaCache."""
    return sample(pipe, request, fixed(uniform(request.steps, computed)))


def fewer_steps(pipe: Any, request: Request, computed: int) -> Run:
    """The plain pipeline from the same noise, asked for `computed` steps in all."""
    return sample(pipe, replace(request, steps=computed))


def computed_steps(trace: Trace) -> int:
    """Computed calls as whole steps, where a step has several calls (branches of guidance); at least one."""
    steps = len({record.step for record in trace.records})
    calls_per_step = len(trace.records) / max(1, steps)
    return max(1, round(trace.computed_calls / calls_per_step))
