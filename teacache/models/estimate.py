"""What a polynomial means for a threshold: where reuse begins, and where the estimate goes wrong.

Worked out from the coefficients alone, over the distances that can be met. Knows no model and no run.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import reduce

import numpy as np

from teacache.errors import Phrase

PLAUSIBLE = (0.0, 1.0)
"""Relative L1 distances, where no range was measured: 0 is an unchanged tensor, 1 another altogether."""

_REAL = 1e-9  # an imaginary part below this share of a root's size is rounding
_DIGITS = 3  # significant, in sentences

Range = tuple[float, float]


def lowest_estimate(coefficients: Sequence[float], within: Range = PLAUSIBLE) -> tuple[float, float]:
    """The smallest estimate and the distance where it is met: at an end of the range or where it is flat."""
    places = [*within, *_roots(np.polyder(np.asarray(coefficients, dtype=float)), within)]
    return min((float(np.polyval(coefficients, place)), place) for place in places)


def first_reuse_threshold(coefficients: Sequence[float], within: Range = PLAUSIBLE) -> float:
    """The threshold up to which no call is reused, whatever its distance; 0 if there is none.

    A call is reused while the sum is below the threshold, and the sum is at least one estimate; an estimate
    that can be negative leaves no such threshold.
    """
    return max(0.0, lowest_estimate(coefficients, within)[0])


def negative_zones(coefficients: Sequence[float], within: Range = PLAUSIBLE) -> list[Range]:
    """Where the estimate is below 0: there the sum shrinks, and reuse goes on beyond the threshold."""
    low, high = within
    edges = [low, *sorted(_roots(coefficients, within)), high]
    zones: list[Range] = []
    for a, b in zip(edges, edges[1:], strict=False):
        if np.polyval(coefficients, (a + b) / 2) >= 0:
            continue
        if zones and zones[-1][1] == a:  # a root where the polynomial only touches 0 parts nothing
            a = zones.pop()[0]
        zones.append((a, b))
    return zones


def reuse_note(title: str, coefficients: Sequence[float], within: Range | None = None) -> Phrase:
    """One sentence for whoever chooses the model; empty where the polynomial holds no surprise."""
    within = within or PLAUSIBLE
    zones = negative_zones(coefficients, within)
    if zones:
        return Phrase(
            "{title}: the estimate is negative {where}, where the accumulated distance falls and reuse goes "
            "on beyond the threshold.",
            title=title,
            where=_where(zones, within),
        )
    floor = _rounded_down(first_reuse_threshold(coefficients, within))
    if floor <= 0:
        return Phrase("")
    return Phrase(
        "{title}: the estimate is never below {floor:g}, so no step is reused at a threshold under "
        "{floor:g}.",
        title=title,
        floor=floor,
    )


def _roots(coefficients: Sequence[float] | np.ndarray, within: Range) -> list[float]:
    """Real roots strictly inside a range."""
    low, high = within
    roots = np.roots(coefficients)
    real = (float(r.real) for r in roots if abs(r.imag) <= _REAL * max(1.0, abs(r)))
    return [root for root in real if low < root < high]


def _where(zones: list[Range], within: Range) -> Phrase:
    if zones == [within]:
        return Phrase("at every distance")
    named = (_zone(zone, within) for zone in zones)
    return Phrase("at distances {zones}", zones=reduce(lambda a, b: Phrase("{a} and {b}", a=a, b=b), named))


def _zone(zone: Range, within: Range) -> Phrase:
    (low, high), (least, most) = (map(_significant, zone), within)
    if low == least and high < most:
        return Phrase("below {high:g}", high=high)
    if high == most and low > least:
        return Phrase("above {low:g}", low=low)
    return Phrase("from {low:g} to {high:g}", low=low, high=high)


def _significant(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def _rounded_down(value: float) -> float:
    """To significant digits, so that "never below" stays true."""
    if value <= 0:
        return 0.0
    unit = 10.0 ** (math.floor(math.log10(value)) + 1 - _DIGITS)
    return math.floor(value / unit + 1e-9) * unit
