"""A trace that was brought along, as a run and as a model's card. Knows no file and no store."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from teacache.method.settings import NAIVE, Settings
from teacache.method.trace import Trace
from teacache.models.catalog import Card
from teacache.runs.comparison import Fidelity, Rival, SoundFidelity
from teacache.runs.request import Request
from teacache.runs.speed import Speed
from teacache.study.replay import breakpoints, tidy

FASTEST = 14.0  # times fewer calls; no video survives more, so the slider ends there


@dataclass(frozen=True, kw_only=True)
class UploadedRun:
    """A trace with what the page asks of a run; there are no videos, and figures only of a whole run."""

    run_id: str
    created: str  # ISO 8601, UTC
    request: Request
    cached: Trace
    uncached: Trace
    folder: None = None
    fps: None = None
    pictures: tuple[Path, ...] = ()
    sounds: tuple[Path, ...] = ()
    image: None = None
    fidelity: Fidelity | SoundFidelity | None = None  # of the record of a whole run
    rivals: tuple[Rival, ...] = ()
    baseline_reused: bool = False
    uncached_timings: None = None
    seconds: tuple[float | None, float | None] = (None, None)
    speed: Speed | None = None

    @property
    def probed(self) -> bool:
        """Whether blocks were probed."""
        return self.cached.probe

    @property
    def ideal_speedup(self) -> float:
        """Calls over computed calls."""
        return self.cached.ideal_speedup

    @property
    def card(self) -> OwnCard:
        """What the page asks of a model's card; the model itself may be unknown here."""
        return own_card(self.cached)

    @cached_property
    def threshold_end(self) -> float:
        """Where a threshold slider for this trace should end: the video would be broken long before."""
        settings = self.cached.settings.replaced(schedule=None)
        points = breakpoints(self.cached, settings)
        wanted = min(FASTEST, max(point.ideal_speedup for point in points))
        first = next(point for point in points if point.ideal_speedup >= wanted)
        return max(tidy(first.low, first.high), settings.threshold)


@dataclass(frozen=True, kw_only=True)
class OwnCard(Card):
    """A trace in the place of a model's card: the calibrated polynomial is the one it was made with."""

    own: Settings

    @property
    def has_polynomial(self) -> bool:
        """Whether the trace was made with one."""
        return not self.own.naive

    def settings(
        self,
        threshold: float | None = None,
        *,
        naive: bool = False,
        mode: str | None = None,
        steps: int | None = None,
    ) -> Settings:
        """As a card gives them, but there is one mode only; `naive` leaves the polynomial out.

        Raises SettingsError for a threshold below 0.
        """
        chosen = self.own.replaced(threshold=self.own.threshold if threshold is None else threshold)
        if naive:
            chosen = chosen.replaced(coefficients=NAIVE, input_range=None, out_of_range="ignore")
        return chosen


def own_card(trace: Trace) -> OwnCard:
    """The card that a trace stands for."""
    frames, height, width = trace.size or (1, 1, 1)
    return OwnCard(
        name=trace.model,
        title=trace.model,
        license="",
        pipeline=trace.pipeline,
        steps=trace.steps,
        frames=frames,
        height=height,
        width=width,
        guidance_scale=trace.guidance_scale or 1.0,
        threshold=trace.settings.threshold,
        own=trace.settings,
    )


def request_of(trace: Trace) -> Request:
    frames, height, width = trace.size or (None, None, None)
    return Request(
        model=trace.model,
        prompt=trace.prompt,
        seed=trace.seed or 0,
        steps=trace.steps,
        guidance_scale=trace.guidance_scale,
        frames=frames,
        height=height,
        width=width,
        settings=trace.settings,
    )
