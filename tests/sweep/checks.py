"""What must be true of every run with the cache, whatever the pipeline.

Each check yields sentences that say what is wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isclose
from typing import Any

import numpy as np
import torch
from diffusers.modular_pipelines import PipelineState
from PIL import Image

from teacache import TeaCache, Trace
from tests.sweep import calls
from tests.sweep.modes import Mode
from tests.sweep.watch import Log, Watch

SHORT = 3  # steps in which two experts, or guidance that comes and goes, may leave nothing to reuse
ALWAYS = 1e9  # a threshold at which everything is reused that may be


@dataclass
class Ran:
    """One call of a pipeline."""

    output: list[torch.Tensor]
    log: Log
    trace: Trace | None = None


def faults(pipe: Any, mode: Mode, steps: int, *, thorough: bool) -> list[str]:
    """Run a pipeline with the cache; `thorough`: also without it, at threshold 0, and a second time.

    Returns what is wrong.
    """
    if not thorough:
        return _reused(pipe, mode, steps, times=1)
    return [*_untouched(pipe, mode, steps), *_reused(pipe, mode, steps, times=2)]


def _untouched(pipe: Any, mode: Mode, steps: int) -> list[str]:
    with Watch(pipe) as watch:
        plain = _run(pipe, mode, steps, watch)
        with TeaCache(pipe, 0) as cache:
            observed = _run(pipe, mode, steps, watch)
        observed.trace = cache.trace
    return [f"threshold 0: {fault}" for fault in (*_same(plain, observed), *_as_it_was(observed))]


def _reused(pipe: Any, mode: Mode, steps: int, *, times: int) -> list[str]:
    with Watch(pipe) as watch, TeaCache(pipe, ALWAYS) as cache:
        runs = [_run(pipe, mode, steps, watch) for _ in range(times)]
    if len(cache.traces) != times:
        return [f"{len(cache.traces)} clips, not {times}"]
    for run, trace in zip(runs, cache.traces, strict=True):
        run.trace = trace
    first, *others = runs
    found = [*_as_it_was(first), *_ends_computed(first)]
    for other in others:
        found += [f"again: {fault}" for fault in (*_same(first, other), *_as_it_was(other))]
        if first.trace.schedule != other.trace.schedule:
            found.append("again: another schedule")
    return found


def _run(pipe: Any, mode: Mode, steps: int, watch: Watch) -> Ran:
    given = {**calls.arguments(pipe, steps), **mode(pipe)}
    with calls.small(), torch.random.fork_rng():
        torch.manual_seed(0)  # some encode their pictures with noise of nobody's generator
        result = pipe(**given)
    return Ran(list(_tensors(result)), watch.take())


def _tensors(value: Any) -> Iterator[torch.Tensor]:
    """Every tensor or picture in what a pipeline returns."""
    if isinstance(value, (torch.Tensor, np.ndarray, Image.Image)):
        yield value if isinstance(value, torch.Tensor) else torch.as_tensor(np.array(value))
    elif isinstance(value, PipelineState):
        yield from _tensors(value.values)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _tensors(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _tensors(item)


def _same(one: Ran, other: Ran) -> Iterator[str]:
    pairs = zip(one.output, other.output, strict=True)
    if not one.output or not all(torch.equal(a, b) for a, b in pairs):
        yield "another output"
    if len(one.log.forwards) != len(other.log.forwards):
        yield f"{len(other.log.forwards)} forwards, not {len(one.log.forwards)}"


def _as_it_was(run: Ran) -> Iterator[str]:
    """The trace has the calls, runs, steps and timesteps that were heard."""
    records, forwards, lengths = run.trace.records, run.log.forwards, run.log.lengths
    if len(records) != len(forwards):
        yield f"{len(records)} calls in the trace, {len(forwards)} forwards"
        return
    if run.trace.run_steps != lengths:
        yield f"steps of the runs are {run.trace.run_steps}, not {lengths}"
    yield from _differing(
        "(run, step, transformer)",
        [(r.run, r.step, r.transformer) for r in records],
        [(f.loop, sum(lengths[: f.loop]) + f.step, f.transformer) for f in forwards],
    )
    told = [run.log.times.get((f.loop, f.step), r.timestep) for r, f in zip(records, forwards, strict=True)]
    yield from _differing("timestep", [r.timestep for r in records], told)
    yield from _given(run)
    yield from _mixed(run)


# What models are given in place of a timestep t: as it is, as a noise level, turned round, as in Cosmos 2.
_SCALES = (lambda t: t, lambda t: t / 1000, lambda t: 1 - t / 1000, lambda t: t / (1000 + t))


def _given(run: Ran) -> Iterator[str]:
    """The model was given these timesteps, on some scale; of several tokens the noisiest counts."""
    pairs = [
        (record.timestep, forward.given.double().max().item())
        for record, forward in zip(run.trace.records, run.log.forwards, strict=True)
    ]
    rounding = 0.01 * max(abs(given) for _, given in pairs)  # bfloat16 has 8 bits
    if not any(all(abs(scale(t) - given) <= rounding for t, given in pairs) for scale in _SCALES):
        yield f"timesteps are not what the model was given: {pairs[:3]}"


def _differing(what: str, seen: Sequence[Any], right: Sequence[Any]) -> Iterator[str]:
    wrong = [i for i, pair in enumerate(zip(seen, right, strict=True)) if not _equal(*pair)]
    if wrong:
        i = wrong[0]
        yield f"{what} of call {i} is {seen[i]}, not {right[i]} ({len(wrong)} of {len(seen)} wrong)"


def _equal(seen: Any, right: Any) -> bool:
    return isclose(seen, right, rel_tol=1e-5) if isinstance(right, float) else seen == right


def _mixed(run: Ran) -> Iterator[str]:
    """All calls of a branch predict the same thing, so that none gets another's residual."""
    tasks = defaultdict(set)
    for record, forward in zip(run.trace.records, run.log.forwards, strict=True):
        tasks[record.run, record.window, record.branch, record.transformer].add(forward.task)
    mixed = [place for place, found in tasks.items() if len(found) > 1]
    if mixed:
        yield f"different things are predicted as {mixed[0]} ({len(mixed)} of {len(tasks)} names)"


def _ends_computed(run: Ran) -> Iterator[str]:
    """The first and the last step of every run are computed, and something between them is not."""
    pairs = zip(run.trace.records, run.log.forwards, strict=False)
    reused = [forward for record, forward in pairs if not record.computed]
    for forward in reused:
        steps = run.log.lengths[forward.loop]
        if forward.step in (0, steps - 1):
            yield f"a call of step {forward.step} of {steps} in run {forward.loop} is reused"
    if not reused and max(run.log.lengths) > SHORT:
        yield "nothing is reused"
