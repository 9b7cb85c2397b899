"""The accumulator at one call, as Plotly's JSON: the sum as a bar, held against the threshold.

Knows numbers only, and does not import plotly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from teacache.study.plot import small
from teacache.study.plot.palette import Palette
from teacache.study.plot.series import put

BOX: small.Box = {"width": 300, "height": 14, "l": 0, "r": 0, "t": 0, "b": 0}


@dataclass(frozen=True, kw_only=True)
class Words:
    """What is written in the figure."""

    computed: str = "accumulated, computed"
    reused: str = "accumulated, reused"


def empty(palette: Palette, words: Words) -> dict[str, Any]:
    """Without a sum; `meta.thresholds`: so many of them the axis is long, and a longer bar is cut there."""
    soft = palette.reused_soft
    hatch = {"fgcolor": palette.reused, "bgcolor": soft, "size": 5, "solidity": 0.45, "fillmode": "replace"}
    bar = {"type": "bar", "orientation": "h", "width": 1, "opacity": 0.8, "hovertemplate": "%{x:.3g}"}
    hidden = {"visible": False, "range": [-0.5, 0.5]}
    return {
        "data": [
            {
                **bar,
                "name": words.computed,
                "marker": {"color": palette.computed, "line": {"width": 0}},
                "meta": {"kind": "computed"},
            },
            {
                **bar,
                "name": words.reused,
                "marker": {"color": soft, "line": {"width": 0}, "pattern": {"shape": "/", **hatch}},
                "meta": {"kind": "reused"},
            },
        ],
        "layout": small.layout(palette, BOX, font=11) | {
            "xaxis": hidden,
            "yaxis": hidden,
            "shapes": [
                _across("sum", palette.ink, 2),
                _across("edge", palette.card, 5),  # so that the threshold stands out of the bar
                _across("threshold", palette.threshold, 3),
            ],
            "meta": {"kind": "accumulator", "thresholds": 1.5},
        },
    }  # fmt: skip


def _across(name: str, colour: str, width: float) -> dict[str, Any]:
    line = {"color": colour, "width": width}
    place = {"xref": "x", "yref": "paper", "y0": 0, "y1": 1, "layer": "above"}
    return {"type": "line", "name": name, **place, "line": line}


def fill(figure: dict[str, Any], *, total: float, computed: bool, threshold: float) -> dict[str, Any]:
    """The figure of one call; `total`: what was accumulated before it was decided."""
    end = max(1e-9, threshold * figure["layout"]["meta"]["thresholds"])
    at = min(total, end)
    return put(
        figure,
        [{"kind": "computed" if computed else "reused", "x": [at], "y": [0]}],
        ends={"xaxis": [0, end]},
        places={
            "sum": [{"x0": at, "x1": at}],
            **{name: [{"x0": threshold, "x1": threshold}] for name in ("edge", "threshold")},
        },
    )
