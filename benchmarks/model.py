"""What TeaCache costs and gives on one model: repeats of every kind of run, step by step in turn; medians.

Taking turns gives every kind the same share of whatever else the machine is doing. Seconds are wall time of
the pipeline's call from encoded prompt to final latents, so scheduler and guidance are in them.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from statistics import median
from typing import Any

import psutil
import torch

from benchmarks.lockstep import interleave
from benchmarks.rounds import OFF, Kinds, Rounds
from benchmarks.table import Row
from teacache.method.trace import StepRecord
from teacache.runs.adapters import adapter_of
from teacache.runs.compare import Baselines, compare
from teacache.runs.request import Request
from teacache.study.replay import threshold_for_speedup

PROMPT = "a red ball bouncing on a blue background"


def caller(pipe: Any, steps: int) -> Callable[[], None]:
    """A run of the pipeline from the embeddings of one prompt, encoded here and now, to its latents."""
    card = pipe.teacache_card
    request = Request(model=card.name, prompt=PROMPT, seed=0, steps=steps).checked(card)
    adapter = adapter_of(pipe)
    with torch.no_grad():
        embeddings = adapter.encode(pipe, request)

    def call() -> None:
        pipe(
            **embeddings,
            **adapter.arguments(request),
            generator=torch.Generator("cpu").manual_seed(0),
            output_type="latent",
        )

    return call


def speed_rows(pipe: Any, *, steps: int, repeats: int) -> list[Row]:
    """Baseline and TeaCache at two and four times fewer computed calls, and what measuring costs."""
    bench = Rounds(pipe, caller(pipe, steps))
    bench.run("probe", OFF)
    usual = pipe.teacache_card.settings()
    kinds: Kinds = {"plain": None, "watched": OFF}
    for speedup in (2, 4):
        threshold = threshold_for_speedup(bench.traces["probe"][0], speedup, usual)
        kinds[f"TeaCache {speedup}x"] = usual.replaced(threshold=threshold)
    interleave(bench, lambda pipe: caller(pipe, steps), kinds, repeats)
    rows = [
        Row(name="uncached run", value=bench.middle("plain"), unit="s", note=bench.spread("plain")),
    ]
    for speedup in (2, 4):
        rows += _speedup_rows(bench, f"TeaCache {speedup}x")
    return [*rows, *_cost_rows(bench)]


def memory_row(pipe: Any, *, steps: int, runs: int) -> Row:
    """Growth of the peak of resident memory over many comparisons, once a few have warmed the process up.

    The peak of one comparison is the largest value at any of its states, one of which follows every call.
    """
    process, peaks = psutil.Process(), []
    card = pipe.teacache_card
    for seed in range(runs):
        request = Request(model=card.name, prompt=PROMPT, seed=seed, steps=steps, settings=card.settings())
        states = compare(pipe, request, baselines=Baselines(most=1), preview_every=0)
        peaks.append(max(process.memory_info().rss for _ in states))
        gc.collect()
    settled, *later = peaks[min(4, runs - 1) :]
    highest = max(later, default=settled)
    return Row(
        name=f"growth of peak memory over {runs} comparisons",
        value=100 * (highest / settled - 1),
        unit="%",
        goal=1,
        note=f"peak {settled / 2**20:.0f} MiB in number {min(5, runs)}, at most {highest / 2**20:.0f} later",
    )


def _speedup_rows(bench: Rounds, name: str) -> list[Row]:
    trace = bench.traces[name][0]
    ideal, measured = trace.ideal_speedup, 1 / bench.ratio(name, "plain")
    calls = f"{trace.computed_calls} of {len(trace.records)} calls computed"
    return [
        Row(name=f"{name}: run", value=bench.middle(name), unit="s", note=bench.spread(name)),
        Row(name=f"{name}: ideal speedup", value=ideal, note=calls),
        Row(name=f"{name}: measured speedup", value=measured, note="runs in step, median of repeats"),
        Row(
            name=f"{name}: efficiency",
            value=measured / ideal,
            goal=0.97,
            at_least=True,
            note=f"measured over ideal; {_best(bench, name):.3f} if the cache itself cost nothing",
        ),
    ]


def _best(bench: Rounds, name: str) -> float:
    """The efficiency of this schedule if measuring and deciding took no time.

    What a model computes outside its blocks (embeddings, output head), the scheduler and guidance stay.
    """
    trace = bench.traces[name][0]
    calls, computed = len(trace.records), trace.computed_calls
    full = median(_own(r) for r in bench.records(["watched"], computed=True))
    outside = median(_own(r) for r in bench.records([name], computed=False))
    plain = bench.middle("plain")
    saved = (calls - computed) * (full - outside)
    return plain / (plain - saved) / trace.ideal_speedup


def _own(record: StepRecord) -> float:
    """Seconds of a call without what TeaCache added."""
    return record.seconds - record.decision_seconds


def _cost_rows(bench: Rounds) -> list[Row]:
    """What observing costs a computed call, measured twice, and what a reused call costs."""
    watched = bench.records(["watched"], computed=True)
    inside = sum(r.decision_seconds for r in watched) / sum(r.seconds for r in watched)
    cached = [name for name in bench.traces if name.startswith("TeaCache")]
    computed, reused = (bench.records(cached, computed=kind) for kind in (True, False))
    share = median(r.seconds for r in reused) / median(r.seconds for r in computed) if reused else None
    return [
        Row(
            name="decision and trace, by the recorder's clock",
            value=100 * inside,
            unit="%",
            goal=1,
            note="of a computed call; threshold 0",
        ),
        Row(
            name="decision and trace, by the run's clock",
            value=100 * (bench.ratio("watched", "plain") - 1),
            unit="%",
            goal=1,
            note="run at threshold 0 over run without hooks, in step; median of repeats",
        ),
        Row(
            name="reused over computed call",
            value=None if share is None else 100 * share,
            unit="%",
            goal=5,
            note="medians over all cached runs",
        ),
    ]
