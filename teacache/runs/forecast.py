"""How long a comparison will take, before it is asked for: by what was measured here, else published.

Arithmetic on cards, requests and the timings of finished runs. Knows no pipeline and no page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from teacache.method.gate import Settings
from teacache.models.cards import Calibration, Card
from teacache.models.pace import AROUND, guess, work
from teacache.runs.request import Checked

Source = Literal["measured", "recorded", "published"]
# What a calibration's two thresholds stand for (cards.py): so many times fewer computed calls on average.
USUAL, FASTEST = 2.3, 14.0


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What an uncached run took."""

    model: str
    steps: int
    size: tuple[int, int, int]  # frames, height, width
    guided: bool  # a step without guidance is half the work
    text: float  # seconds, as in `Timings`
    denoising: float
    decoding: float

    @classmethod
    def of(cls, run: Any) -> Measured | None:
        """Of a Comparison or a StoredRun; None where its uncached run was not timed here and now."""
        trace = run.uncached if hasattr(run, "uncached_timings") else run.uncached.trace
        timings = getattr(run, "uncached_timings", None) or run.uncached.timings
        if trace.probe or run.baseline_reused:
            return None
        return cls(
            model=run.request.model,
            steps=trace.steps,
            size=run.request.size,
            guided=run.request.guidance_scale > 1,
            text=timings.text,
            denoising=timings.denoising,
            decoding=timings.decoding,
        )


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """Seconds of both runs."""

    uncached: float  # denoising
    cached: float  # denoising
    around: float  # the prompt encoded, two clips decoded
    source: Source

    @property
    def total(self) -> float:
        """Seconds from Run to the end, while nobody else waits."""
        return self.uncached + self.cached + self.around


def forecast(
    card: Card,
    request: Checked,
    device: str,
    measurements: Iterable[Measured] = (),
    *,
    share: float | None = None,
    source: Source = "measured",
) -> Forecast | None:
    """Of `request`, checked, on a device of that name; None where nothing is known of the model there.

    `measurements`: runs on this device, the latest first. `share`: of the calls that the cache will compute
    (default: what the threshold is known for). "cpu" has no published seconds.
    """
    share = computed_share(card, request.settings, request.steps) if share is None else share
    guided = request.guidance_scale > 1
    alike = [one for one in measurements if one.model == card.name and one.guided == guided]
    if alike:
        nearest = min(alike, key=lambda one: (one.size != request.size, one.steps != request.steps))
        return _scaled(card, request, nearest, share, source)
    frames, height, width = request.size
    one = guess(card, device, steps=request.steps, frames=frames, height=height, width=width)
    if one is None or device == "cpu":
        return None
    return Forecast(uncached=one, cached=one * share, around=AROUND, source="published")


def _scaled(card: Card, request: Checked, measured: Measured, share: float, source: Source) -> Forecast:
    """What a run of another length or size would have taken."""
    now, then = (
        dict(zip(("frames", "height", "width"), s, strict=True)) for s in (request.size, measured.size)
    )
    one = measured.denoising * request.steps / measured.steps * work(card, **now) / work(card, **then)
    pixels = _pixels(request.size) / _pixels(measured.size)
    return Forecast(
        uncached=one,
        cached=one * share,
        around=measured.text + 2 * measured.decoding * pixels,
        source=source,
    )


def computed_share(card: Card, settings: Settings, steps: int) -> float:
    """The share of the calls that these settings compute on average; 1 where nothing is known."""
    if settings.off:  # also with a schedule: threshold 0 reuses nothing
        return 1.0
    if settings.schedule is not None:
        return sum(settings.schedule) / len(settings.schedule)
    forced = min(1.0, sum(settings.forced(steps)) / steps)
    if settings.naive:
        return 1.0
    return max(forced, _between(_known(card, settings), settings.threshold))


def _known(card: Card, settings: Settings) -> list[tuple[float, float]]:
    """(threshold, share) where runs were counted, the polynomial being this one; rising thresholds."""
    for own in card.measured.values():
        if own.coefficients == settings.coefficients:
            return [(0.0, 1.0), *_of_calibration(own)]
    for mode in card.modes.values():
        if mode.coefficients == settings.coefficients:
            counted = [(point.threshold, 1 / point.speedup) for point in mode.points if point.speedup]
            return [(0.0, 1.0), *counted]
    return [(0.0, 1.0)]


def _of_calibration(own: Calibration) -> list[tuple[float, float]]:
    return [(own.threshold, 1 / USUAL), (own.threshold_max, 1 / FASTEST)]


def _between(points: list[tuple[float, float]], threshold: float) -> float:
    """On straight lines between the known points; beyond the last, as much as there."""
    for (low, more), (high, less) in zip(points, points[1:], strict=False):
        if threshold <= high:
            return more + (less - more) * (threshold - low) / (high - low)
    return points[-1][1]


def _pixels(size: tuple[int, int, int]) -> int:
    frames, height, width = size
    return frames * height * width
