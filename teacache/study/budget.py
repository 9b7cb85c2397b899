"""The threshold that makes a set of recorded runs cost a given number of computed calls on average.

How to compare methods fairly: fix the number of computed calls, and choose the threshold for it on other
prompts. Knows traces and their replay; knows no pipelines.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from teacache.errors import RequestError
from teacache.method.settings import Settings
from teacache.method.trace import Trace
from teacache.study.replay import breakpoints, tidy


@dataclass(frozen=True, kw_only=True)
class Budget:
    """A threshold and what it costs on the runs that it was chosen on."""

    threshold: float
    computed: float  # mean number of computed calls


def threshold_for_budget(traces: Sequence[Trace], settings: Settings, computed: float) -> Budget:
    """The threshold whose mean number of computed calls is nearest to `computed`; the smaller of two.

    `settings` say all but the threshold. Raises RequestError without traces.
    """
    if not traces or not any(trace.records for trace in traces):
        raise RequestError("There is no trace to choose a threshold on: give at least one recorded run.")
    levels = _mean_computed(traces, settings)
    low, high, mean = min(levels, key=lambda level: abs(level[2] - computed))
    return Budget(threshold=tidy(low, high), computed=mean)


def _mean_computed(traces: Sequence[Trace], settings: Settings) -> list[tuple[float, float, float]]:
    """(low, high, mean computed calls) for low < threshold <= high, rising, over all positive thresholds."""
    changes: dict[float, int] = {}
    for trace in traces:
        before = 0
        for point in breakpoints(trace, settings):
            changes[point.low] = changes.get(point.low, 0) + point.computed - before
            before = point.computed
    lows = sorted(changes)
    total = 0
    levels: list[tuple[float, float, float]] = []
    for low, high in zip(lows, [*lows[1:], math.inf], strict=True):
        total += changes[low]
        levels.append((low, high, total / len(traces)))
    return levels
