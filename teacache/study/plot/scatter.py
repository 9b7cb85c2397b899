"""The two scatter plots of the tour, as Plotly's JSON: what each step measured, and runs at many thresholds.

Knows numbers only, and does not import plotly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from teacache.study.plot import small
from teacache.study.plot.palette import Palette

BOX: small.Box = {"width": 264, "height": 182, "l": 36, "r": 8, "t": 22, "b": 30}


@dataclass(frozen=True, kw_only=True)
class Words:
    """What is written in a figure."""

    x: str
    y: str
    points: str = ""
    moved: str = ""


CLOUD = Words(
    x="change of the indicator",
    y="change of the output",
    points="steps of this run",
    moved="where the polynomial takes them",
)
RACE = Words(x="times fewer computations", y="PSNR (dB)", points="this prompt at each threshold")


def cloud(palette: Palette, words: Words = CLOUD) -> dict[str, Any]:
    """A dot a step: the indicator's change, or what the polynomial makes of it, against the output's.

    On the diagonal both are equal. Kinds: `pair`; or `way`, from where to where each goes, and `estimate`.
    """
    way = {"type": "scatter", "mode": "lines", "name": "", "opacity": 0.4, "meta": {"kind": "way"}}
    equal = {"color": palette.ink_soft, "width": 1, "dash": "3px,4px"}
    ends = {"of": ["x", "y"], "low": 0, "least": 1e-9, "times": 1.06}
    layout = _layout(palette, words, {"xaxis": ends, "yaxis": ends})
    layout["shapes"] = [
        {"type": "line", "name": "diagonal", "xref": "paper", "yref": "paper", "layer": "below"}
        | {"x0": 0, "x1": 1, "y0": 0, "y1": 1, "line": equal}
    ]
    return {
        "data": [
            {**way, "line": {"color": palette.estimate, "width": 1}},
            _dots("pair", words.points, palette.actual, palette.card),
            _dots("estimate", words.moved, palette.estimate, palette.card),
        ],
        "layout": layout,
    }


def race(palette: Palette, words: Words = RACE) -> dict[str, Any]:
    """A dot a threshold: how many times fewer computations, and how near. Kinds: `point`, `shown`."""
    layout = _layout(
        palette,
        words,
        {"xaxis": {"of": ["x"], "low": 0, "times": 1.06}, "yaxis": {"of": ["y"], "unit": 10, "times": 1.04}},
    )
    return {
        "data": [
            _dots("point", words.points, palette.actual, palette.card, size=10),
            _dots("shown", words.moved, palette.actual, palette.threshold, size=10, edge=2.5),
        ],
        "layout": layout,
    }


def _dots(kind: str, name: str, fill: str, line: str, *, size: float = 8, edge: float = 1) -> dict[str, Any]:
    marker = {"size": size, "color": fill, "opacity": 0.75, "line": {"color": line, "width": edge}}
    return {"type": "scatter", "mode": "markers", "name": name, "marker": marker, "meta": {"kind": kind}}


def _layout(palette: Palette, words: Words, ends: dict[str, Any]) -> dict[str, Any]:
    return small.layout(palette, BOX, font=10.5) | {
        "xaxis": small.axis(palette, showgrid=False, nticks=6),
        "yaxis": small.axis(palette, nticks=6),
        "annotations": small.names(palette, BOX, x=words.x, y=words.y),
        "meta": {"ends": ends},
    }
