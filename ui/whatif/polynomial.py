"""What the polynomial panel shows, as plain JSON: the curve, the run's own pairs, and the quality of the fit.

Pure functions from runs to values; draws nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from teacache.errors import RequestError
from teacache.method.gate import Settings
from teacache.method.trace import Indicator, StepRecord, Trace
from teacache.models.cards import Calibration
from teacache.models.catalog import CARDS
from teacache.study import polynomial as fits
from teacache.study.calibrate import correlation, fit, pairs
from teacache.study.indicators import FIELDS
from teacache.study.plot.polynomial import ends
from teacache.study.replay import threshold_for_speedup
from ui.base.numbering import next_number
from ui.controls import rules
from ui.screen import state
from ui.screen.shown import ShownRun

FEWEST = 6  # pairs: a polynomial of degree 4 meets any five
USUAL = 2.0  # the speedup whose threshold is compared between two polynomials
ROOM = 1.06  # the drawn distances reach a little beyond the pairs


def panel(run: ShownRun, settings: Settings, signal: Indicator) -> dict[str, Any]:
    """Curve, pairs, range, negative zones and R2 of these settings on what was measured."""
    records = [r for r in measured(run).records if _is_pair(r, signal)]
    x, y = pairs([measured(run)], FIELDS[signal])
    drawn = _drawn(settings, [float(v) for v in x])
    return {
        "coefficients": rules.written(settings),
        "naive": settings.naive,
        "pairs": [
            [r.step, state.short(getattr(r, FIELDS[signal])), state.short(r.output_distance)] for r in records
        ],
        "pearson": state.short(correlation(x, y)) if len(x) >= FEWEST else None,
        **drawn,
        "ends": _ends(x, y, drawn["curve"]),
        **_quality(run, settings, x, y),
    }


def refit(current: ShownRun, runs: Sequence[ShownRun], settings: Settings) -> dict[str, Any]:
    """A polynomial fitted to the uncached runs of these that are like the one shown, beside the old one.

    Raises RequestError, one sentence, if they hold too few pairs.
    """
    alike = {
        run.uncached.prompt + str(run.uncached.seed): run for run in runs if _kind(run) == _kind(current)
    }
    traces = [measured(run) for run in alike.values()]
    if not traces:
        raise RequestError("No run of this model, step count and guidance was made yet: press Run first.")
    fitted = fit(traces)
    new = settings.replaced(
        coefficients=fitted.coefficients, input_range=fitted.input_range, out_of_range="clamp"
    )
    x, y = pairs(traces)
    curve = _drawn(new, list(fitted.input_range))["curve"]
    return {
        "n": next_number(),
        "run": current.run_id,
        "runs": len(traces),
        "pairs": fitted.pairs,
        "old": _compared(current, settings, x, y),
        "new": _compared(current, new, x, y) | {"lowest": state.short(fitted.lowest)},
        "curve": curve,
        "ends": _ends(x, y, curve),
        "coefficients": rules.written(new),
        "threshold": _usual(current, new),
    }


def measured(run: ShownRun) -> Trace:
    """The uncached run; of an uploaded trace, which has none, its own neighbouring computed calls must do."""
    return run.uncached if run.uncached.records else run.cached


def _is_pair(record: StepRecord, signal: Indicator) -> bool:
    return record.output_distance_exact and getattr(record, FIELDS[signal]) is not None


def _drawn(settings: Settings, x: list[float]) -> dict[str, Any]:
    """The curve over the distances met and the calibrated range, with what is special about them."""
    calibrated = settings.input_range
    high = max([*x, *(calibrated or ()), 1e-3]) * ROOM
    low = 0.0
    return {
        "curve": [[state.short(a), state.short(b)] for a, b in fits.curve(settings, low, high)],
        "range": list(calibrated) if calibrated else None,
        "negative": [[state.short(a), state.short(b)] for a, b in fits.negative(settings, low, high)],
    }


def _ends(x: np.ndarray, y: np.ndarray, curve: list[list[float]]) -> dict[str, float | None]:
    """Where the axes of the figure end."""
    places = ends(list(zip(map(float, x), map(float, y), strict=True)), [(a, b) for a, b in curve])
    return {name: state.short(value) for name, value in places.items()}


def _quality(run: ShownRun, settings: Settings, x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    card = CARDS.get(run.request.model)
    return {"r2": _r2(settings, x, y), "fitted": _fitted(card.calibration, settings) if card else None}


def _fitted(calibration: Calibration | None, settings: Settings) -> dict[str, Any] | None:
    """What the polynomial of these settings was fitted to, and how well; None where nobody says."""
    if calibration is None or calibration.coefficients != settings.coefficients:
        return None
    return {
        "r2": state.short(calibration.r2),
        "prompts": calibration.prompts,
        "steps": calibration.steps,
    }


def _compared(run: ShownRun, settings: Settings, x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    return {"r2": _r2(settings, x, y), "threshold": _usual(run, settings)}


def _r2(settings: Settings, x: np.ndarray, y: np.ndarray) -> float | None:
    """None where so few changes were measured that it would say nothing."""
    return state.short(fits.r2(settings, x, y)) if len(x) >= FEWEST else None


def _usual(run: ShownRun, settings: Settings) -> float | None:
    """The threshold for about two times fewer computed calls; None where none is enough."""
    try:
        return threshold_for_speedup(run.cached, USUAL, settings)
    except RequestError:
        return None


def _kind(run: ShownRun) -> tuple[str, int, float | None]:
    return run.uncached.model, run.uncached.steps, run.uncached.guidance_scale
