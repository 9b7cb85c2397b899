"""Other ways to spend what TeaCache spent: even intervals and fewer steps exactly, other methods nearly.

Same noise, same prompt, judged against the same uncached clip. Knows pipelines, comparisons and methods;
knows no page.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import Any

from teacache.method.trace import Trace
from teacache.runs.comparison import Comparison, Rival, Run
from teacache.runs.fidelity import judging
from teacache.runs.limits import STEPS
from teacache.runs.request import Checked, Request
from teacache.runs.speed import speed
from teacache.study.clips import sample, sampling
from teacache.study.methods import METHODS, at_share, refuse
from teacache.study.schedules import fixed, uniform

USUAL = ("uniform", "fewer_steps")


def equal_cost(pipe: Any, comparison: Comparison, names: Sequence[str] = USUAL) -> Iterator[Rival]:
    """Run methods beside a finished comparison, each at TeaCache's cost: the usual two with as many computed
    calls, any other with about that share of the uncached run's FLOPs.

    A run of one step cannot be asked for, so "fewer_steps" is left out where TeaCache computed only one.
    Raises RequestError for a method that there is not, or that does not run here.
    """
    for rival in racing(pipe, comparison, names):
        if rival is not None:
            yield rival


def racing(pipe: Any, comparison: Comparison, names: Sequence[str] = USUAL) -> Iterator[Rival | None]:
    """The same, with None at every call and once a second: closed there, it stops before the next call."""
    refuse(pipe, names, comparison.request.steps)
    computed = computed_steps(comparison.cached.trace)
    for name in names:
        if name == "fewer_steps" and computed < STEPS[0]:
            continue
        run = yield from _running(name, pipe, comparison, computed)
        yield (yield from _judged(name, run, comparison))


def _running(name: str, pipe: Any, comparison: Comparison, computed: int) -> Generator[None, None, Run]:
    request = comparison.request
    if name == "uniform":
        return (yield from sampling(pipe, request, fixed(uniform(request.steps, computed))))
    if name == "fewer_steps":
        return (yield from sampling(pipe, request.in_steps(computed)))
    share = computed / request.steps
    _, run = yield from at_share(METHODS[name], pipe, request, comparison.uncached.trace, share)
    return run


def _judged(name: str, run: Run, comparison: Comparison) -> Generator[None, None, Rival]:
    fidelity = yield from judging(run, comparison.uncached)
    return Rival(
        name=name,
        computed_calls=run.trace.computed_calls,
        calls=len(run.trace.records),
        seconds=run.timings.denoising,
        fidelity=fidelity,
        disturbed=disturbed(comparison.uncached, run),
    )


def disturbed(uncached: Run, run: Run) -> bool:
    """Whether something else took the machine's time in `run`, set beside the uncached run of that noise."""
    seconds = uncached.timings.denoising, run.timings.denoising
    return speed(uncached.trace, run.trace, seconds=seconds).cached_in_doubt


def uniform_reuse(pipe: Any, request: Checked, computed: int) -> Run:
    """The same run with `computed` evenly spread steps; in between, residuals are reused as by TeaCache."""
    return sample(pipe, request, fixed(uniform(request.steps, computed)))


def fewer_steps(pipe: Any, request: Request, computed: int) -> Run:
    """The plain pipeline from the same noise, asked for `computed` steps in all."""
    return sample(pipe, request.in_steps(computed))


def computed_steps(trace: Trace) -> int:
    """Computed calls as whole steps, where a step has several calls (branches of guidance); at least one."""
    steps = len({record.step for record in trace.records})
    calls_per_step = len(trace.records) / max(1, steps)
    return max(1, round(trace.computed_calls / calls_per_step))
