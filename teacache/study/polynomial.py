"""How a rescaling polynomial fares on a run: its curve, and how much of the truth it explains.

Knows settings and traces; draws nothing.
"""

from __future__ import annotations

import numpy as np

from teacache.method.settings import Settings
from teacache.models.estimate import negative_zones
from teacache.study.calibrate import explained


def curve(settings: Settings, low: float, high: float, points: int = 121) -> list[tuple[float, float]]:
    """(distance, estimate) at evenly spaced distances, as the gate would estimate them."""
    return [(float(x), settings.estimate(float(x))) for x in np.linspace(low, high, points)]


def negative(settings: Settings, low: float, high: float) -> list[tuple[float, float]]:
    """Where estimates are negative; a clamped polynomial is never asked outside its range."""
    if settings.out_of_range == "clamp" and settings.input_range is not None:
        low, high = max(low, settings.input_range[0]), min(high, settings.input_range[1])
    return negative_zones(settings.coefficients, (low, high)) if low < high else []


def r2(settings: Settings, x: np.ndarray, y: np.ndarray) -> float | None:
    """Share of the variance of y (N,) that the estimates of x (N,) explain; below 0: worse than a constant.
    None without two pairs."""
    if len(x) < 2:
        return None
    return explained(np.array([settings.estimate(float(distance)) for distance in x]), y)
