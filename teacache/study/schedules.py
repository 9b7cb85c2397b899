"""Schedules that are fixed before a run: which steps to compute. Knows only numbers.

The plain alternative to an adaptive cache: spread the computed steps evenly and reuse the residual in
between.
"""

from __future__ import annotations

from teacache.errors import RequestError
from teacache.method.settings import Settings

Schedule = tuple[bool, ...]


def refuse_impossible(steps: int, computed: int) -> None:
    """Raises RequestError for a number of computed steps that a run of so many steps cannot have."""
    if not 1 <= computed <= steps:
        raise RequestError(
            "{computed} of {steps} steps cannot be computed: choose from 1 to {steps}.",
            computed=computed,
            steps=steps,
        )


def uniform(steps: int, computed: int) -> Schedule:
    """`computed` of `steps` steps, as even as whole numbers allow, the first and the last among them.

    One computed step is the first alone. Raises RequestError if there are more computed steps than steps, or
    none.
    """
    refuse_impossible(steps, computed)
    if computed == 1:
        return (True, *[False] * (steps - 1))
    chosen = {round(i * (steps - 1) / (computed - 1)) for i in range(computed)}
    return tuple(step in chosen for step in range(steps))


def of_trace_steps(computed: Schedule, steps: tuple[int, ...]) -> Schedule:
    """A schedule per step from one per call: a step counts as computed if any of its calls was."""
    count = max(steps, default=-1) + 1
    done = {step for step, call in zip(steps, computed, strict=True) if call}
    return tuple(step in done for step in range(count))


def fixed(schedule: Schedule) -> Settings:
    """Settings that follow a schedule and ask no threshold."""
    return Settings(threshold=1.0, schedule=schedule)
