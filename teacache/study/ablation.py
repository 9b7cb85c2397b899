"""Which signal tells best when to compute: each decides a run of its own, all at one cost, from one noise.

The paper's table 2 compares the timestep embedding with the input that it modulates, without the rescaling
polynomial (arXiv 2411.19108); the noisy input, which it only draws (figure 3), and even intervals stand
beside them here. Knows pipelines through teacache.runs; knows no page and no file.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any, Literal

import numpy as np
import torch

from teacache.errors import RequestError
from teacache.method.distance import relative_l1
from teacache.method.gate import Gate
from teacache.method.settings import NAIVE, Settings
from teacache.method.trace import Indicator, Trace
from teacache.runs.adapters import adapter_of, checked
from teacache.runs.comparison import Fidelity, Run
from teacache.runs.events import Called, Denoised, Finished, Started
from teacache.runs.fidelity import judging
from teacache.runs.generate import generate
from teacache.runs.request import Checked, Request
from teacache.study.indicators import PAPER, read_with
from teacache.study.replay import breakpoints, exactness, tidy
from teacache.study.schedules import fixed, uniform

Name = Literal["embedding", "indicator", "latent", "uniform"]
VARIANTS: dict[Indicator, str] = {"embedding": "embedding", "indicator": "default", "latent": "latent"}
NAMES: tuple[Name, ...] = (*VARIANTS, "uniform")
TRIES = 6  # runs of one signal, to meet the wanted number of computed calls
SHARE = 3  # without a wanted number, one call of so many is computed


@dataclass(frozen=True, kw_only=True)
class Row:
    """What one signal came to, against the uncached run of the same noise."""

    name: Name
    threshold: float | None  # None: even intervals ask none
    computed_calls: int
    calls: int
    error: float  # of the final latents: relative L1 distance to the uncached ones
    fidelity: Fidelity
    tries: int = 1  # runs that it took to meet the number of computed calls, or to come near

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self) | {"fidelity": self.fidelity.to_json()}


@dataclass(frozen=True, kw_only=True)
class Under:
    """A run under way: whose, which try, and how far."""

    name: Name | Literal["uncached"]
    attempt: int = 1
    call: int = 0
    calls: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class _Sample:
    run: Run
    latents: torch.Tensor  # float32, on the CPU


@dataclass(frozen=True, kw_only=True)
class Mean:
    """One signal over several prompts."""

    name: Name
    prompts: int
    won: int  # how often its latents were the nearest
    computed_calls: float
    error: float
    psnr: float
    ssim: float


def compare_signals(pipe: Any, request: Request, computed: int | None = None) -> tuple[Row, ...]:
    """Run every signal at `computed` computed calls (default: a third); rows in the order of NAMES.

    Rules of the request's settings hold, but the polynomial is left out. Where no threshold gives exactly so
    many calls, a row has the nearest number met. Raises RequestError, and whatever a run raises.
    """
    return tuple(state for state in comparing_signals(pipe, request, computed) if isinstance(state, Row))


def comparing_signals(
    pipe: Any, request: Request, computed: int | None = None, *, names: Sequence[Name] = NAMES
) -> Iterator[Row | Under]:
    """The same, with an Under at every call and once a second: closed there, it stops before the next call.

    `names`: which of them to run. Raises RequestError at once for what cannot be run.
    """
    request = checked(pipe, request)
    if request.seconds is not None:
        raise RequestError(
            "The signals are judged by frames, and a sound has none: choose a model of pictures."
        )
    calls = request.steps * adapter_of(pipe).calls_per_step(pipe, request)
    least = _forced(request) * calls // request.steps
    budget = max(least, round(calls / SHARE)) if computed is None else computed
    if not (least <= budget < calls and budget == int(budget)):
        raise RequestError(
            "{computed} of {calls} calls cannot be computed here: choose from {least} to {most}, so that "
            "some are reused.",
            computed=budget,
            calls=calls,
            least=least,
            most=calls - 1,
        )
    return _comparing(pipe, request, budget, names)


def _forced(request: Checked) -> int:
    """How many steps are computed whatever the threshold."""
    gate = Gate(unscaled(request.settings).replaced(threshold=sys.float_info.max))
    decided = (gate.decide(step=step, steps=request.steps, distance=0.0) for step in range(request.steps))
    return sum(decision.computed for decision in decided)


def _comparing(pipe: Any, request: Checked, computed: int, names: Sequence[Name]) -> Iterator[Row | Under]:
    off = unscaled(request.settings).replaced(threshold=0)
    whole = yield from _sampling(pipe, request, off, "uncached")
    for name in names:
        if name == "uniform":
            continue
        yield (yield from _at_cost(pipe, request, name, computed, whole))
    if "uniform" in names:
        steps = max(1, round(computed * request.steps / len(whole.run.trace.records)))
        even = fixed(uniform(request.steps, steps))
        run = yield from _sampling(pipe, request, even, "uniform")
        yield (yield from _judged("uniform", run, whole, threshold=None, tries=1))


def unscaled(settings: Settings) -> Settings:
    """The same rules without the polynomial and its range: then every signal is compared as it comes."""
    return settings.replaced(
        coefficients=NAIVE, input_range=None, out_of_range="ignore", schedule=None, variant="default"
    )


def closest(rows: Sequence[Row]) -> Row:
    """The row whose latents are nearest to the uncached ones. Raises ValueError without rows."""
    return min(rows, key=lambda row: row.error)


def over_prompts(
    pipe: Any,
    requests: Sequence[Request],
    computed: int | None = None,
    *,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> list[tuple[Row, ...]]:
    """The rows of several requests; `report` is told of every call how many rows are done, of how many."""
    by_prompt: list[tuple[Row, ...]] = []
    for request in requests:
        rows: tuple[Row, ...] = ()
        for state in comparing_signals(pipe, request, computed):
            rows += (state,) if isinstance(state, Row) else ()
            report(len(by_prompt) * len(NAMES) + len(rows), len(requests) * len(NAMES))
        by_prompt.append(rows)
    return by_prompt


def to_json(requests: Sequence[Request], results: Sequence[Sequence[Row]]) -> dict[str, Any]:
    """All rows, their means, and the paper's figures, as plain JSON values."""
    runs = [
        {"prompt": request.prompt, "seed": request.seed, "rows": [row.to_json() for row in rows]}
        for request, rows in zip(requests, results, strict=True)
    ]
    return {"runs": runs, "means": [asdict(mean) for mean in means(results)], "paper": PAPER}


def means(results: Sequence[Sequence[Row]]) -> tuple[Mean, ...]:
    """Each signal over several prompts, the nearest first. Raises ValueError without rows."""
    winners: list[Name] = [closest(rows).name for rows in results]
    averages = [
        _mean(name, [row for rows in results for row in rows if row.name == name], winners) for name in NAMES
    ]
    return tuple(sorted(averages, key=lambda mean: mean.error))


def _mean(name: Name, rows: Sequence[Row], winners: Sequence[Name]) -> Mean:
    return Mean(
        name=name,
        prompts=len(rows),
        won=winners.count(name),
        computed_calls=fmean(row.computed_calls for row in rows),
        error=fmean(row.error for row in rows),
        psnr=fmean(row.fidelity.psnr for row in rows),
        ssim=fmean(row.fidelity.ssim for row in rows),
    )


def _at_cost(
    pipe: Any, request: Checked, name: Indicator, computed: int, whole: _Sample
) -> Generator[Under, None, Row]:
    """Run one signal at thresholds that close in on the wanted number of computed calls; the nearest run."""
    trace = read_with(whole.run.trace, name)
    rules = unscaled(request.settings).replaced(variant=VARIANTS[name])
    threshold, low, high = _foretold(trace, rules, computed), 0.0, np.inf
    tried: list[tuple[int, float, _Sample]] = []  # computed calls, threshold, run
    while len(tried) < TRIES:
        settings = rules.replaced(threshold=threshold)
        run = yield from _sampling(pipe, request, settings, name, attempt=len(tried) + 1)
        met = run.run.trace.computed_calls
        tried.append((met, threshold, run))
        if met == computed or exactness(trace) == "exact":  # a replay that is exact has foretold the nearest
            break
        low, high = (threshold, high) if met > computed else (low, threshold)
        threshold = _between(low, high, _foretold(run.run.trace, rules, computed))
    _, threshold, nearest = min(tried, key=lambda one: abs(one[0] - computed))
    return (yield from _judged(name, nearest, whole, threshold=threshold, tries=len(tried)))


def _foretold(trace: Trace, rules: Settings, computed: int) -> float:
    """The threshold at which a replay comes nearest to so many computed calls; the smaller of two."""
    point = min(breakpoints(trace, rules), key=lambda point: abs(point.computed - computed))
    return tidy(point.low, point.high)


def _between(low: float, high: float, guess: float) -> float:
    """The guess if it lies within what is still open, else what does, in few digits."""
    if not low < guess < high:
        guess = (low + high) / 2 if high < np.inf else 1.25 * low
    return float(f"{guess:.6g}")


def _sampling(
    pipe: Any, request: Checked, settings: Settings, name: Name | Literal["uncached"], *, attempt: int = 1
) -> Generator[Under, None, _Sample]:
    calls, done = 0, 0
    latents = torch.empty(0)
    with closing(generate(pipe, request, settings=settings, preview_every=0)) as events:
        for event in events:
            match event:
                case Started(calls):
                    pass
                case Called():
                    done += 1
                case Denoised(made):
                    latents = made.detach().to("cpu", torch.float32, copy=True)
                case Finished(run):
                    return _Sample(run=run, latents=latents)
            yield Under(name=name, attempt=attempt, call=done, calls=calls)
    raise AssertionError("a run ends with Finished or raises")


def _judged(
    name: Name, sample: _Sample, whole: _Sample, *, threshold: float | None, tries: int
) -> Generator[Under, None, Row]:
    run = sample.run
    fidelity = yield from judging(run, whole.run, sign=lambda: Under(name=name, attempt=tries))
    if not isinstance(fidelity, Fidelity):
        raise AssertionError("a sound was refused before")
    return Row(
        name=name,
        threshold=threshold,
        computed_calls=run.trace.computed_calls,
        calls=len(run.trace.records),
        error=float(relative_l1(sample.latents, whole.latents)),
        fidelity=fidelity,
        tries=tries,
    )
