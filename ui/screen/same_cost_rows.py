"""TeaCache and other schedules of the same cost, as the rows of one table, plain JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from teacache.method.trace import Trace
from teacache.runs.comparison import Comparison, Fidelity, Rival, SoundFidelity
from teacache.runs.stored import StoredRun
from ui.base.numbering import next_number
from ui.screen import same_cost
from ui.screen.lanes import count, counted_as_one
from ui.screen.state import exact, nearness

TIE = 0.1  # dB; less than the page shows, and less than another seed changes


def rivals(
    run_id: str,
    run: Comparison | StoredRun,
    raced: Sequence[Rival],
    *,
    names: Sequence[str] = same_cost.USUAL,
    busy: bool = False,
    wanted: bool = True,
) -> dict[str, Any]:
    """TeaCache and the methods of the same cost, with those that came closest in this run, by PSNR.

    `names`: the methods that there are to be; there is no verdict before all have run.
    """
    _, seconds = run.seconds
    trace = run.cached if isinstance(run.cached, Trace) else run.cached.trace
    disturbed = run.speed is not None and run.speed.cached_in_doubt
    calls, unit = len(trace.records), counted_as_one(trace)  # a rival may decide each call by itself
    rows = [_rival("teacache", trace.computed_calls, calls, seconds, run.fidelity, disturbed, unit=unit)]
    rows += [
        _rival(r.name, r.computed_calls, r.calls, r.seconds, r.fidelity, r.disturbed, unit=unit)
        for r in raced
    ]
    near = dict(zip((row["name"] for row in rows), (run.fidelity, *(r.fidelity for r in raced)), strict=True))
    best = max(fidelity.decibels for fidelity in near.values())
    closest = [name for name, fidelity in near.items() if fidelity.decibels > best - TIE]
    complete = set(names) <= set(near) and not busy
    return {
        "n": next_number(),
        "run": run_id,
        "rows": rows,
        "names": ["teacache", *names],
        "titles": same_cost.TITLES,
        "busy": busy,
        "wanted": wanted,
        "closest": closest if complete else [],
    }


def no_rivals(*, names: Sequence[str] = same_cost.USUAL, wanted: bool) -> dict[str, Any]:
    """The table of a run that has only begun."""
    table = {"names": ["teacache", *names], "titles": same_cost.TITLES, "rows": [], "closest": []}
    return {"n": next_number(), "run": "", "busy": False, "wanted": wanted, **table}


def _rival(
    name: str,
    computed: int,
    calls: int,
    seconds: float | None,
    fidelity: Fidelity | SoundFidelity,
    disturbed: bool,
    *,
    unit: int,
) -> dict[str, Any]:
    return {
        "name": name,
        "computed": count(computed, unit),
        "calls": count(calls, unit),
        "seconds": exact(seconds),
        "disturbed": disturbed,
        **nearness(fidelity),
    }
