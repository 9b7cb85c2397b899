"""What a schedule says besides itself: sums and reasons of a replay at any of its thresholds."""

from __future__ import annotations

import math
import random

from teacache.study.replay import breakpoints, replay
from tests.study.test_replay import random_settings, random_trace

SEEDS = range(30)
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


def test_sums_and_reasons_are_those_of_a_replay_throughout_an_interval():
    turned = 0
    for seed in SEEDS:
        trace = random_trace(seed)
        settings = random_settings(random.Random(seed))
        for point in breakpoints(trace, settings):
            turned += bool(point.turns)
            for threshold in within(point):
                again = replay(trace, settings.replaced(threshold=threshold))
                assert reasons_at(point, threshold) == tuple(d.reason for d in again)
                sums = tuple(d.accumulated if d.reason in WEIGHED else 0.0 for d in again)
                assert point.sums == sums
    assert turned  # such settings are among them
