"""Why a schedule is good, on the page: what TeaCache estimates at each step beside what reusing it does.

The estimates are of the uncached run, at the rules of the cached one; the damage is that of the damage map.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from statistics import fmean
from typing import Any

from teacache.errors import StoreError
from ui.library.library import Library
from ui.screen import facts, state
from ui.screen.shown import ShownRun
from ui.words.texts import texts


def figure(library: Library, run_id: str, language: str) -> dict[str, Any]:
    """The figure as plotly's JSON. Raises StoreError where no damage map was made."""
    from teacache.study.figures.reasons import estimate_and_damage

    damage = facts.damage(library, run_id)
    if damage is None or not damage["rows"]:
        raise StoreError("The damage map of this run was not made yet: make it first.")
    run, words = library.load(run_id), texts(language)
    steps = range(run.cached.steps)
    estimates = _per_step(run)
    drawn = estimate_and_damage(
        [estimates.get(step) for step in steps],
        [_error(damage["rows"].get(str(step))) for step in steps],
        x=words["why_x"],
        names=(words["why_estimate"], words["why_damage"]),
    )
    return json.loads(drawn.to_json())


def _per_step(run: ShownRun) -> dict[int, float]:
    """The mean over the calls of a step."""
    by_step: dict[int, list[float]] = defaultdict(list)
    estimates = state.estimates(run.uncached, run.cached.settings)
    for record, estimate in zip(run.uncached.records, estimates, strict=True):
        if estimate is not None:
            by_step[record.step].append(estimate)
    return {step: fmean(values) for step, values in by_step.items()}


def _error(psnr: Sequence[float] | None) -> float | None:
    """Root mean squared error over the frames, of values from 0 to 1, from their PSNR in dB."""
    return None if psnr is None else fmean(10 ** (-value / 10) for value in psnr) ** 0.5
