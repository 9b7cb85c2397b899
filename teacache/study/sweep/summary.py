"""What the rows of a sweep say: means with their doubt, and the threshold for a wanted speed or fidelity.

The doubt of a mean is over prompts: they are drawn again with replacement (a bootstrap), all seeds of a
prompt together. Knows rows and numbers only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from teacache.errors import Phrase
from teacache.study.sweep.rows import Row, judged
from teacache.study.targets import threshold_for_fidelity

CONFIDENCE = 0.95
DRAWS = 2000  # of the bootstrap
KEPT = 0.9  # share of the prompts that are to keep a wanted fidelity


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A mean over prompts, and the interval that holds it with a confidence of 95 %."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Point:
    """One method at one level, over all prompts and seeds."""

    method: str
    knob: float
    values: str  # JSON
    budget: int | None
    runs: int
    prompts: int
    share: float  # mean share of the uncached run's work
    speedup: float | None  # median over undisturbed runs; None where there are none
    psnr: Estimate
    psnr_low: float  # dB; nine in ten prompts stay above
    ssim: float
    lpips: float | None

    @property
    def ideal_speedup(self) -> float:
        """Work of the uncached run over that of this method."""
        return 1 / max(self.share, 1e-9)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self) | {"ideal_speedup": self.ideal_speedup}


@dataclass(frozen=True, kw_only=True)
class Advice:
    """A threshold of TeaCache, and what it is expected to do on new prompts like these."""

    target: Literal["speed", "fidelity"]
    wanted: float  # times faster, or dB
    threshold: float | None  # None: nothing that was tried gets there
    text: Phrase


def points(rows: Iterable[Row]) -> list[Point]:
    """Every method at every level, methods as they come, the costliest level first."""
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in judged(rows):
        groups[row.method, row.values].append(row)
    order = list(dict.fromkeys(method for method, _ in groups))
    measured = [_point(group) for group in groups.values()]
    return sorted(measured, key=lambda point: (order.index(point.method), -point.share))


def unbeaten(measured: Sequence[Point]) -> list[Point]:
    """The points that no other beats in both work and mean PSNR, the costliest first."""
    best = -np.inf
    frontier: list[Point] = []
    for point in sorted(measured, key=lambda point: (point.share, -point.psnr.mean)):
        if point.psnr.mean > best:
            best = point.psnr.mean
            frontier.append(point)
    return frontier[::-1]


def over_prompts(rows: Sequence[Row], value: Callable[[Row], float], *, draws: int = DRAWS) -> Estimate:
    """The mean of a value over prompts (of each the mean over its seeds) with its bootstrap interval."""
    by_prompt: dict[int, list[float]] = defaultdict(list)
    for row in rows:
        by_prompt[row.index].append(value(row))
    means = np.array([np.mean(values) for values in by_prompt.values()])
    drawn = np.random.default_rng(0).integers(len(means), size=(draws, len(means)))
    low, high = np.quantile(means[drawn].mean(axis=1), [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Estimate(mean=float(means.mean()), low=float(low), high=float(high))


def for_speed(measured: Sequence[Point], speed: float) -> Advice:
    """The smallest threshold of TeaCache whose mean ideal speedup reaches `speed`, between two tried ones."""
    tried = sorted((p.knob, p.ideal_speedup) for p in measured if p.method == "teacache")
    threshold = _reached(tried, speed)
    if threshold is None:
        text = Phrase("No threshold that was tried is {speed:g} times faster on average.", speed=speed)
    else:
        text = Phrase(
            "For {speed:g} times fewer computations: threshold {threshold:.4g}.",
            speed=speed,
            threshold=threshold,
        )
    return Advice(target="speed", wanted=speed, threshold=threshold, text=text)


def for_fidelity(measured: Sequence[Point], psnr: float) -> Advice:
    """The largest threshold of TeaCache at which nine in ten prompts keep `psnr`, between two tried ones."""
    tried = [(p.knob, p.psnr_low) for p in measured if p.method == "teacache"]
    threshold = threshold_for_fidelity(tried, psnr)
    if threshold is None:
        text = Phrase("No threshold that was tried keeps {psnr:g} dB for nine prompts in ten.", psnr=psnr)
    else:
        text = Phrase(
            "For {psnr:g} dB and more with nine prompts in ten: threshold {threshold:.4g}.",
            psnr=psnr,
            threshold=threshold,
        )
    return Advice(target="fidelity", wanted=psnr, threshold=threshold, text=text)


def _reached(tried: Sequence[tuple[float, float]], speed: float) -> float | None:
    for (low, slower), (high, faster) in zip([(0.0, 1.0), *tried], tried, strict=False):
        if faster >= speed:
            return low + (high - low) * max(0.0, speed - slower) / max(faster - slower, 1e-9)
    return None


def _point(group: Sequence[Row]) -> Point:
    first, calm = group[0], [row.speedup for row in group if not row.disturbed]
    lpips = [row.lpips for row in group if row.lpips is not None]
    return Point(
        method=first.method,
        knob=first.knob,
        values=first.values,
        budget=first.budget,
        runs=len(group),
        prompts=len({row.index for row in group}),
        share=float(np.mean([row.share for row in group])),
        speedup=float(np.median(calm)) if calm else None,
        psnr=over_prompts(group, lambda row: row.psnr),
        psnr_low=float(np.quantile([row.psnr for row in group], 1 - KEPT)),
        ssim=float(np.mean([row.ssim for row in group])),
        lpips=float(np.mean(lpips)) if len(lpips) == len(group) else None,
    )
