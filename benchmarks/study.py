"""How soon a what-if is there: the table of all schedules of a trace, made once per run by the server."""

from __future__ import annotations

import random
import time
from statistics import median

from benchmarks.table import Row
from teacache.method.gate import Settings
from teacache.method.trace import StepRecord, Trace
from teacache.study.replay import breakpoints

GOALS = {100: 50, 500: 1000}  # calls -> ms
RULES = {
    "plain": Settings(threshold=1),
    "polynomial": Settings(threshold=1, coefficients=(2.0e3, -1.3e3, 2.0e2, -8.3, 0.14)),  # negative midway
    "rules": Settings(threshold=1, first_steps=5, last_steps=2, max_reuses=3),
}


def rows(*, repeats: int) -> list[Row]:
    """The slowest of several kinds of settings and traces, each by the median of its repeats."""
    return [_row(calls, goal, repeats) for calls, goal in GOALS.items()]


def _row(calls: int, goal: float, repeats: int) -> Row:
    took = {
        f"{name}, {branches} per step": median(_milliseconds(_trace(calls, branches), settings, repeats))
        for name, settings in RULES.items()
        for branches in (1, 2)
    }
    slowest = max(took, key=took.get)
    return Row(
        name=f"all schedules of {calls} calls",
        value=took[slowest],
        unit="ms",
        goal=goal,
        note=f"the slowest of {len(took)} kinds: {slowest}",
    )


def _milliseconds(trace: Trace, settings: Settings, repeats: int) -> list[float]:
    took = []
    for _ in range(repeats):
        start = time.perf_counter()
        breakpoints(trace, settings)
        took.append(1000 * (time.perf_counter() - start))
    return took


def _trace(calls: int, branches: int) -> Trace:
    """Distances by chance, all different, so that no two thresholds share more than they must."""
    rng = random.Random(calls)
    records = tuple(
        StepRecord(
            call=call,
            step=call // branches,
            timestep=float(1000 - call // branches),
            branch=f"call{call % branches}",
            indicator_distance=rng.uniform(0.02, 0.12) if call >= branches else None,
            computed=True,
            reason="off",
        )
        for call in range(calls)
    )
    return Trace(settings=Settings(threshold=0), steps=calls // branches, records=records)
