"""Quality against speed, as Plotly's JSON: runs as dots, and what no other run beats.

Beside them a run at its other thresholds and other methods at several settings, a curve each. Points of runs
that are unlike are never joined. Knows numbers only, and does not import plotly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from teacache.study.plot import small
from teacache.study.plot.palette import Palette

IDENTICAL = 99.5  # dB; what is equal has 100, and lies on the upper edge
BOX: small.Box = {"width": 420, "height": 300, "l": 38, "r": 14, "t": 34, "b": 38}
OTHER = "method"
"""The kind of a method's curve that has no look of its own."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """What is written in the figure."""

    frontier: str = "not beaten by another"
    curve: str = "TeaCache at other thresholds"
    recorded: str = "recorded runs"
    own: str = "runs"
    unlike: str = "runs that are unlike the one on screen"
    disturbed: str = "runs on a disturbed machine"
    x: str = "times as fast as uncached"
    y: str = "PSNR (dB)"


def empty(palette: Palette, words: Words) -> dict[str, Any]:
    """Without a number: a series of each kind goes in, see series.py."""
    methods = {
        "naive": {"color": palette.estimate, "width": 1.5, "dash": "6px,3px"},
        "uniform": {"color": palette.reused, "width": 1.5},
        "fewer_steps": {"color": palette.ink_soft, "width": 1.5, "dash": "2px,3px"},
        OTHER: {"color": palette.actual, "width": 1.5},
    }
    beaten = {"color": palette.ink_soft, "width": 1.5, "dash": "2px,4px"}
    return {
        "data": [
            _line("frontier", words.frontier, beaten),
            *(_method(kind, look) for kind, look in methods.items()),
            _line("curve", words.curve, {"color": palette.computed, "width": 2}),
            *_dots(palette, words),
        ],
        "layout": _layout(palette, words),
    }


def _line(kind: str, name: str, look: dict[str, Any]) -> dict[str, Any]:
    return {"type": "scatter", "mode": "lines", "name": name, "line": look, "meta": {"kind": kind}}


def _method(kind: str, look: dict[str, Any]) -> dict[str, Any]:
    """A method's name comes with its series."""
    dots = {"size": 6, "color": look["color"], "line": {"width": 0}}
    return {**_line(kind, "", look), "mode": "lines+markers", "marker": dots}


def _dots(palette: Palette, words: Words) -> list[dict[str, Any]]:
    """Runs by where they come from, hollow where they are unlike the one on screen or the machine was not
    calm; and a ring that moves."""
    looks = {
        "unlike_recorded": (words.unlike, 10, palette.card, palette.ink_soft, 2),
        "unlike_own": (words.unlike, 11, palette.card, palette.computed, 2),
        "recorded": (words.recorded, 11, palette.ink_soft, palette.card, 1.5),
        "own": (words.own, 12, palette.computed, palette.card, 1.5),
        "disturbed": (words.disturbed, 12, palette.card, palette.computed, 1.5),
        "ring": ("", 14, "rgba(0,0,0,0)", palette.threshold, 2.5),
    }
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": name,
            "marker": {"size": size, "color": fill, "line": {"color": edge, "width": width}},
            "meta": {"kind": kind},
        }
        for kind, (name, size, fill, edge, width) in looks.items()
    ]


def _layout(palette: Palette, words: Words) -> dict[str, Any]:
    line = {"showgrid": False, "showline": True, "linecolor": palette.line, "ticksuffix": "×", "nticks": 6}
    return small.layout(palette, BOX, font=13) | {
        "xaxis": small.axis(palette, **line),
        "yaxis": small.axis(palette, nticks=4),
        "annotations": small.names(palette, BOX, x=words.x, y=words.y),
        "meta": {"ends": {
            "xaxis": {"of": ["x"], "most": 1, "below": 0.05, "least": 2, "times": 1.06},
            "yaxis": {"of": ["y"], "under": IDENTICAL, "most": 22, "below": 2, "least": 46, "above": 4},
        }},
    }  # fmt: skip


def unbeaten(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Of (speed, quality) those that no other beats in both, the slowest first."""
    frontier: list[tuple[float, float]] = []
    for speed, quality in sorted(points, reverse=True):
        if not frontier or quality > frontier[-1][1]:
            frontier.append((speed, quality))
    return frontier[::-1]
