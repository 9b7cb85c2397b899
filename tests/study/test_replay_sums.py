"""What a schedule says besides itself: sums and reasons of a replay at any of its thresholds."""

from __future__ import annotations

import math

from hypothesis import given

from teacache.method.settings import Settings
from teacache.study.replay import breakpoints, replay
from tests.study.test_replay import EXAMPLES
from tests.study.traces import SETTINGS, recorded, traces

WEIGHED = ("threshold", "below_threshold", "max_reuses")


def within(point) -> list[float]:
    """Thresholds of an interval: its ends, some between, and those where a reason turns."""
    high = point.high if math.isfinite(point.high) else 2 * point.low + 1
    low = math.nextafter(point.low, math.inf)
    turns = [t for _, at, _ in point.turns for t in (at, math.nextafter(at, math.inf))]
    return [low, (low + high) / 2, high, *(t for t in turns if low <= t <= high)]


def reasons_at(point, threshold: float) -> tuple[str, ...]:
    reasons = list(point.reasons)
    for call, high, reason in point.turns:
        if threshold <= high:
            reasons[call] = reason
    return tuple(reasons)


@EXAMPLES
@given(traces(), SETTINGS)
def test_sums_and_reasons_are_those_of_a_replay_throughout_an_interval(trace, settings):
    for point in breakpoints(trace, settings):
        for threshold in within(point):
            again = replay(trace, settings.replaced(threshold=threshold))
            assert reasons_at(point, threshold) == tuple(d.reason for d in again)
            sums = tuple(d.accumulated if d.reason in WEIGHED else 0.0 for d in again)
            assert point.sums == sums


def test_a_reason_may_turn_within_an_interval():
    most = Settings(threshold=0.1, max_reuses=1)
    trace = recorded({"": [None, 0.1, 0.1, 0.1, 0.1]}, most)
    assert any(point.turns for point in breakpoints(trace, most))
