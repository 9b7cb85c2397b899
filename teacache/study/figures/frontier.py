"""Quality against cost, one curve a method: figure 1 of the paper (arXiv 2411.19108). Knows numbers only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from teacache.study.figures.style import colour, styled, symbol


@dataclass(frozen=True, kw_only=True)
class Point:
    """One run."""

    cost: float  # on the x axis: seconds, calls, or a share of the uncached run
    quality: float  # on the y axis: dB, or any other fidelity
    text: str = ""  # what it was set to
    run_id: str = ""  # of the stored run that a click opens; none: there is nothing to open
    interval: tuple[float, float] | None = None  # of the quality, where it is a mean


@dataclass(frozen=True, kw_only=True)
class Curve:
    """All runs of one method."""

    name: str
    points: Sequence[Point]
    recorded: bool = False  # not of this visit, but from a sweep that ships: drawn hollow and dashed


def frontier(curves: Sequence[Curve], *, x: str = "Seconds of denoising", y: str = "PSNR (dB)") -> go.Figure:
    """The curves, each sorted by cost; `customdata` of a point is its run."""
    figure = go.Figure([_line(place, curve) for place, curve in enumerate(curves)])
    return styled(figure, x=x, y=y)


def _line(place: int, curve: Curve) -> go.Scatter:
    points = sorted(curve.points, key=lambda point: point.cost)
    return go.Scatter(
        name=curve.name,
        x=[point.cost for point in points],
        y=[point.quality for point in points],
        text=[point.text for point in points],
        customdata=[point.run_id for point in points],
        mode="lines+markers",
        line={"color": colour(place), "dash": "dot" if curve.recorded else "solid"},
        error_y=_bars(points),
        marker={"symbol": symbol(place) + ("-open" if curve.recorded else ""), "size": 9},
        hovertemplate="%{fullData.name} %{text}<br>%{x:.3g}, %{y:.2f}<extra></extra>",
    )


def _bars(points: Sequence[Point]) -> dict[str, Any] | None:
    """From a mean to the ends of its interval; nothing where a point has none."""
    ends = [(point.quality, *point.interval) for point in points if point.interval is not None]
    if not points or len(ends) < len(points):
        return None
    return {
        "array": [high - quality for quality, _, high in ends],
        "arrayminus": [quality - low for quality, low, _ in ends],
        "thickness": 1,
        "width": 3,
    }
