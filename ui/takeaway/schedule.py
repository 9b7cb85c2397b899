"""A schedule in the forms that other programs read. Knows traces only.

The steps mask is that of cache-dit: `DBCacheConfig(steps_computation_mask=...,
steps_computation_policy="static")` takes one whole number a step, 1 computes and 0 reuses;
`cache_dit.steps_mask(compute_bins=..., cache_bins=...)` makes the same list from the lengths of the
alternating pieces, which begin with computed steps.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

from teacache.method.trace import Trace
from teacache.study.schedules import of_trace_steps


def per_step(trace: Trace) -> tuple[bool, ...]:
    """Computed or not, step by step; a step counts as computed if any of its calls was."""
    return of_trace_steps(trace.schedule, tuple(record.step for record in trace.records))


def forms(trace: Trace) -> dict[str, Any]:
    """The schedule as bit string, step lists (0-based) and cache-dit's mask with its pieces; plain JSON."""
    steps = per_step(trace)
    pieces = [(computed, len(list(group))) for computed, group in groupby(steps)]
    reused = [length for computed, length in pieces if not computed]
    mask = [int(computed) for computed in steps]
    return {
        "bits": "".join(map(str, mask)),
        "computed_steps": [step for step, computed in enumerate(steps) if computed],
        "reused_steps": [step for step, computed in enumerate(steps) if not computed],
        "cache_dit": {
            "steps_computation_mask": mask,
            "steps_computation_policy": "static",
            "num_inference_steps": len(mask),
            "compute_bins": [length for computed, length in pieces if computed],
            "cache_bins": reused,
        },
        "calls": _calls(trace),
    }


def _calls(trace: Trace) -> dict[str, str]:
    """Bits per branch, where a step has several calls; they may differ."""
    return {
        branch: "".join(str(int(record.computed)) for record in trace.branch(branch))
        for branch in trace.branches
    }
