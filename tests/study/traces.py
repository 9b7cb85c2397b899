"""Traces and settings of every kind, drawn by Hypothesis. Gates decide the records, not a replay."""

from __future__ import annotations

import math

from hypothesis import strategies as st

from teacache.method.gate import Gate, Residual
from teacache.method.settings import Settings
from teacache.method.trace import StepRecord, Trace

WAVY = (2.0e3, -1.3e3, 2.0e2, -8.3, 0.14)  # like the authors' Wan polynomial: negative in the middle
SINKING = (-30.0, 25.0, -6.0, 1.75, -0.05)  # negative at small distances
_RESIDUALS: dict[str, Residual] = {"shape_changed": "shape_changed", "no_residual": "missing"}

DISTANCES = st.floats(0, 0.3)
SETTINGS = st.builds(
    Settings,
    threshold=st.just(0) | st.floats(0, 0.5),
    coefficients=st.sampled_from([(1.0, 0.0), (1.0,), WAVY, SINKING, (-1.0, 0.1), (1.0, -0.1), (-0.5, 0.02)]),
    first_steps=st.sampled_from([1, 3, 0.2]),
    last_steps=st.sampled_from([0, 1, 2, 0.15]),
    max_reuses=st.sampled_from([None, 1, 3]),
    negative=st.sampled_from(["keep", "abs", "zero"]),
    input_range=st.sampled_from([None, (0.05, 0.2)]),
    out_of_range=st.sampled_from(["ignore", "clamp", "compute"]),
)


def recorded(distances: dict[str, list[float | None]], settings: Settings, **odd: str) -> Trace:
    """The trace of a run whose indicator moved so; branches take turns, and each one's gate decides.

    `odd`: what befell single calls, such as call4="shape_changed".
    """
    steps = max(len(values) for values in distances.values())
    calls = [(step, branch) for step in range(steps) for branch in distances if step < len(distances[branch])]
    gates = {branch: Gate(settings) for branch in distances}
    records = []
    for call, (step, branch) in enumerate(calls):
        reason = odd.get(f"call{call}", "")
        distance = None if step == 0 else distances[branch][step]
        decision = gates[branch].decide(
            step=step,
            steps=steps,
            distance=math.nan if reason == "non_finite" and step else distance,
            residual=_RESIDUALS.get(reason, "ready"),
        )
        records.append(
            StepRecord(
                call=call,
                step=step,
                timestep=float(1000 - step),
                branch=branch,
                indicator_distance=None if decision.reason == "non_finite" else distance,
                computed=decision.computed,
                reason=decision.reason,
                accumulated_distance=decision.accumulated,
                estimated_distance=decision.estimated,
            )
        )
    return Trace(settings=settings, steps=steps, records=tuple(records))


@st.composite
def traces(draw: st.DrawFn) -> Trace:
    """One to three branches, some longer than others, some calls odd."""
    branches = draw(st.sampled_from([["batched"], ["cond", "uncond"], ["cond", "uncond", "image"]]))
    distances = {name: draw(st.lists(DISTANCES | st.none(), min_size=1, max_size=16)) for name in branches}
    reasons = ("shape_changed", "no_residual", "non_finite")
    odd = draw(st.sampled_from([{}, *({f"call{3 + place}": reason} for place, reason in enumerate(reasons))]))
    return recorded(distances, draw(SETTINGS), **odd)
