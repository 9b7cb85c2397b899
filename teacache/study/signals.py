"""What an uncached run says about caching: how the output changes over the steps, and what foretells it.

Knows traces only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from teacache.errors import RequestError
from teacache.method.trace import StepRecord, Trace
from teacache.study.calibrate import correlation, pairs, ranks
from teacache.study.indicators import FIELDS, WORDS

ENDS = 3  # steps at either end that "inner" leaves out: they change most and carry a correlation alone


@dataclass(frozen=True, kw_only=True)
class Correlation:
    """How well one signal foretells the change of the output; None where it was never measured."""

    pearson: float | None
    spearman: float | None
    inner_pearson: float | None  # without the first and the last steps
    inner_spearman: float | None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Of a set of uncached runs."""

    runs: int
    output_change: tuple[float, ...]  # mean relative L1 distance of the output, step 1 to the last
    ratio: float  # largest of them over smallest
    correlations: dict[str, Correlation]
    between_prompts: float  # standard deviation over prompts of a step's indicator distance, over its mean

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self) | {"output_change": list(self.output_change)}


def facts(traces: Sequence[Trace]) -> Facts:
    """Measure a set of uncached runs with equally many steps. Raises RequestError if there is none."""
    change = _per_step(traces, "output_distance")
    if change.size == 0:
        raise RequestError("There is no uncached run to measure: give traces with exact output distances.")
    mean = change.mean(axis=0)
    indicator = _per_step(traces, "indicator_distance")
    spread = (
        indicator.std(axis=0) / np.maximum(indicator.mean(axis=0), 1e-12) if indicator.size else np.zeros(1)
    )
    return Facts(
        runs=len(traces),
        output_change=tuple(float(v) for v in mean),
        ratio=float(mean.max() / max(mean.min(), 1e-12)),
        correlations={WORDS[name]: _correlation(traces, field) for name, field in FIELDS.items()},
        between_prompts=float(spread.mean()),
    )


def _correlation(traces: Sequence[Trace], field: str) -> Correlation:
    x, y = pairs(traces, field)
    inner_x, inner_y = pairs([_inner(trace) for trace in traces], field)
    if len(x) < 2:
        return Correlation(pearson=None, spearman=None, inner_pearson=None, inner_spearman=None)
    return Correlation(
        pearson=correlation(x, y),
        spearman=correlation(ranks(x), ranks(y)),
        inner_pearson=correlation(inner_x, inner_y),
        inner_spearman=correlation(ranks(inner_x), ranks(inner_y)),
    )


def _inner(trace: Trace) -> Trace:
    return trace.with_records(tuple(r for r in trace.records if ENDS <= r.step < trace.steps - ENDS))


def _per_step(traces: Sequence[Trace], field: str) -> np.ndarray:
    """Distances (runs, steps - 1), the mean over a step's calls; without the first step, which has none."""
    rows = [[_mean(trace.records, step, field) for step in range(1, trace.steps)] for trace in traces]
    whole = [row for row in rows if row and None not in row]
    return np.array(whole, dtype=float)


def _mean(records: Sequence[StepRecord], step: int, field: str) -> float | None:
    values = [getattr(r, field) for r in records if r.step == step and getattr(r, field) is not None]
    return float(np.mean(values)) if values else None
