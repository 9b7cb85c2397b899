"""Where the calls of a step are decided alike, the page shows one row of steps and counts these, no calls."""

from __future__ import annotations

from collections import defaultdict

from teacache.method.trace import Trace


def decided_alike(trace: Trace) -> bool:
    """Whether no step tells both branches of guidance apart: by the timestep alone it cannot."""
    decisions: defaultdict[int, set[bool]] = defaultdict(set)
    for record in trace.records:
        decisions[record.step].add(record.computed)
    return all(len(made) == 1 for made in decisions.values())


def counted_as_one(trace: Trace) -> int:
    """How many calls the page counts as one: those of a step that are decided alike, else each call."""
    return len({record.stream for record in trace.records}) or 1 if decided_alike(trace) else 1


def unit_of(trace: Trace) -> str:
    """The key of that unit's name: calls only where the rows of steps are apart."""
    apart = len({record.stream for record in trace.records}) > counted_as_one(trace)
    return "fig_calls" if apart else "fig_steps"


def spent(trace: Trace) -> tuple[float | int, float | int]:
    """How many were computed, of how many, in that unit."""
    unit = counted_as_one(trace)
    return count(trace.computed_calls, unit), count(len(trace.records), unit)


def count(calls: int, as_one: int) -> float | int:
    """A number of calls in that unit: whole where it can be, as a rival may compute one call of a step."""
    whole, rest = divmod(calls, as_one)
    return whole if not rest else calls / as_one
