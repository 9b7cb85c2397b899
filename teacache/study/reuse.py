"""From which threshold on a trace reuses anything at all, and if never, why not. Knows traces only."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from teacache.method.settings import Settings
from teacache.method.trace import Trace
from teacache.study.replay import replay

Obstacle = Literal[
    "empty",  # the trace holds no call
    "rules",  # the first and the last steps are all there are
    "no_signal",  # no distance was recorded
    "non_finite",  # the estimates are not numbers
    "out_of_range",  # every distance lies outside the calibrated range
    "scheduled",  # a fixed schedule computes everything
]
_OBSTACLES: dict[str, Obstacle] = {
    "no_residual": "no_signal",
    "shape_changed": "no_signal",
    "non_finite": "non_finite",
    "out_of_range": "out_of_range",
    "scheduled": "scheduled",
}


@dataclass(frozen=True, kw_only=True)
class FirstReuse:
    """The largest threshold that reuses nothing; any above it reuses at least one call."""

    threshold: float | None  # None: no threshold reuses anything
    obstacle: Obstacle | None = None  # why not


def first_reuse(trace: Trace, settings: Settings) -> FirstReuse:
    """Where reuse begins on this trace; `settings.threshold` is not asked.

    While nothing is reused every sum is one estimate, so reuse begins above the smallest estimate that is
    ever weighed, or at once where that is negative.
    """
    decisions = replay(trace, settings.replaced(threshold=math.ulp(0.0)))
    if any(not decision.computed for decision in decisions):
        return FirstReuse(threshold=0.0)
    sums = [decision.accumulated for decision in decisions if decision.reason == "threshold"]
    if sums:
        return FirstReuse(threshold=min(sums))
    return FirstReuse(threshold=None, obstacle=_obstacle(Counter(d.reason for d in decisions)))


def _obstacle(reasons: Counter[str]) -> Obstacle:
    """The commonest reason that is neither a rule about steps nor the first call."""
    if not reasons:
        return "empty"
    others = [(count, reason) for reason, count in reasons.items() if reason in _OBSTACLES]
    return _OBSTACLES[max(others)[1]] if others else "rules"
