"""The threshold for a wanted fidelity, from runs already made. Knows pairs of numbers only.

No formula foretells fidelity: what is known is what was tried. Between two tried thresholds the answer is
interpolated, beyond them it is refused or capped.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

Tried = tuple[float, float]  # threshold, PSNR in dB


def envelope(tried: Iterable[Tried]) -> tuple[Tried, ...]:
    """Rising thresholds, each with the worst PSNR met up to it: a promise that never rises again."""
    lowest: dict[float, float] = {}
    worst = math.inf
    for threshold, psnr in sorted(tried):
        if threshold > 0:
            worst = lowest[threshold] = min(worst, psnr)
    return tuple(lowest.items())


def threshold_for_fidelity(tried: Iterable[Tried], psnr: float) -> float | None:
    """The largest threshold that is expected to keep `psnr`; None if even the smallest one tried did not.

    Linear in the logarithm of the threshold between two tried ones; never beyond the largest tried.
    """
    points = envelope(tried)
    matches = [point for point in points if point[1] >= psnr]
    if not matches:
        return None
    if len(matches) == len(points):
        return matches[-1][0]
    (low, best), (high, worst) = matches[-1], points[len(matches)]
    share = (best - psnr) / (best - worst)
    return low * (high / low) ** share
