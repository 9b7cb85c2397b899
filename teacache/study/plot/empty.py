"""The figure of a run, still empty: its traces, axes, colours by role and geometry, as Plotly's JSON.

The one definition of the plot: of notebook, shell and downloads by figures/run.py, of the page and the report
by ui/plot/filling.js. `meta` of a trace says which calls go in and which of their numbers; `meta` of the
layout holds what follows from a run: where the axes end, how wide its bars are, which steps are named.

Above, the change of the output from call to call: estimated (dashed) and true (solid). Below, the accumulated
estimate as a bar a call, against the threshold. Knows neither traces nor pages, and does not import plotly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from teacache.study.plot.palette import Palette

BY_RULE = ("first", "last", "retention", "no_residual", "shape_changed", "out_of_range", "non_finite")
"""Reasons for which a call is computed though others of its run are weighed; where a plan decides, or nothing
does, none stands out."""

UPPER, LOWER = [0.57, 1.0], [0.0, 0.41]  # shares of the height
_FORCED, _GAP = 0.07, 0.86  # of the lower axis: where forced calls are marked, where a cut bar is broken


@dataclass(frozen=True, kw_only=True)
class Words:
    """What is written in the figure."""

    actual: str = "actual change"
    estimate: str = "estimated change"
    own: str = "actual change, this run"
    computed: str = "accumulated, computed"
    reused: str = "accumulated, reused"
    forced: str = "computed by rule"
    at_step: str = "step %{x}"
    step: str = "step"
    change: str = "Change of the output from step to step"
    accumulated: str = "Accumulated distance since the last computed step"


def empty(palette: Palette, words: Words) -> dict[str, Any]:
    """The figure of one branch, without its calls; filling.py puts them in."""
    return {
        "data": [
            *_lines(palette, words),
            _bars("computed", words.computed, palette.computed, palette),
            _bars("reused", words.reused, palette.reused, palette),
            *_marks(palette, words),
        ],
        "layout": _layout(palette, words),
    }


def labels(palette: Palette, words: Words) -> dict[str, Any]:
    """What the layout of a figure gets that stands alone: legend, names of the axes, a ground."""
    return {
        "paper_bgcolor": palette.card,
        "plot_bgcolor": palette.card,
        "showlegend": True,
        "legend": _below(),
        "margin": {"l": 64, "r": 64, "t": 64, "b": 48},
        "annotations": [
            _above(words.change, 1.005, palette),
            _above(words.accumulated, LOWER[1] + 0.01, palette),
        ],
        "xaxis": {"title": {"text": words.step}},
    }


def _below() -> dict[str, Any]:
    """The legend lies under the steps, where plotly makes as much room as its rows need."""
    return {"orientation": "h", "x": 0, "xanchor": "left", "y": -0.15, "yanchor": "top"}


def _above(text: str, y: float, palette: Palette) -> dict[str, Any]:
    """A line of text above a half of the plot."""
    place = {"xref": "paper", "yref": "paper", "x": 0, "y": y, "xanchor": "left", "yanchor": "bottom"}
    return {"text": text, "showarrow": False, "font": {"size": 12, "color": palette.ink}, **place}


def _lines(palette: Palette, words: Words) -> list[dict[str, Any]]:
    common = {"type": "scatter", "hovertemplate": "%{y:.3g}"}
    line = common | {"mode": "lines"}
    dots = {"color": palette.card, "size": 6, "line": {"color": palette.actual, "width": 1.5}}
    return [
        line | {
            "name": words.actual,
            "line": {"color": palette.actual, "width": 2},
            "meta": {"kind": "actual", "of": "uncached", "y": "out", "where": "known", "faint": True},
        },
        line | {
            "name": words.estimate,
            "line": {"color": palette.estimate, "width": 1.6, "dash": "5px,3px"},
            "meta": {"kind": "estimate", "of": "run", "y": "est", "where": "known", "faint": True},
        },
        common | {
            "name": words.own,
            "mode": "markers",
            "marker": dots,
            "meta": {"kind": "own", "of": "run", "y": "out", "where": "exact"},
        },
    ]  # fmt: skip


def _bars(kind: str, name: str, shade: str, palette: Palette) -> dict[str, Any]:
    """One bar a call, in the branch's part of the step; those of reused calls are hatched."""
    soft = palette.reused_soft
    hatch = {"fgcolor": shade, "bgcolor": soft, "size": 5, "solidity": 0.45, "fillmode": "replace"}
    reused = kind == "reused"
    return {
        "type": "bar",
        "yaxis": "y2",
        "name": name,
        "hovertemplate": "%{y:.3g}",
        "marker": {
            "color": soft if reused else shade,
            "line": {"width": 1, "color": shade},
            "pattern": {"shape": "/" if reused else "", **hatch},
        },
        "meta": {"kind": kind, "of": "run", "y": "acc", "where": kind, "apart": True},
    }


def _marks(palette: Palette, words: Words) -> list[dict[str, Any]]:
    """Calls computed by rule, and a gap in every bar that goes on above the axis."""
    common = {"type": "scatter", "mode": "markers", "yaxis": "y2"}
    return [
        common | {
            "name": words.forced,
            "hovertemplate": "%{fullData.name}<extra></extra>",
            "marker": {"symbol": "diamond", "size": 8, "color": palette.computed_deep},
            "meta": {"kind": "forced", "of": "run", "y": _FORCED, "where": "forced"},
        },
        common | {
            "name": "",
            "hoverinfo": "skip",
            "showlegend": False,
            "marker": {"symbol": "line-ne", "size": 22, "line": {"width": 3, "color": palette.card}},
            "meta": {"kind": "gap", "of": "run", "y": _GAP, "where": "cut", "apart": True},
        },
    ]  # fmt: skip


def _layout(palette: Palette, words: Words) -> dict[str, Any]:
    grid = {"gridcolor": palette.grid, "zerolinecolor": palette.grid, "color": palette.ink_soft}
    axis = {**grid, "fixedrange": False, "nticks": 4, "tickformat": ".2~g"}
    hover = {
        "bgcolor": palette.card, "bordercolor": palette.line, "font": {"color": palette.ink, "size": 11}
    }  # fmt: skip
    return {
        "margin": {"l": 50, "r": 64, "t": 20, "b": 24},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"size": 11, "color": palette.ink_soft},
        "showlegend": False,
        "barmode": "overlay",
        "bargap": 0,
        "dragmode": "zoom",
        "hovermode": "x unified",
        "hoverdistance": 4,  # pixels: not as far as a neighbouring step, see ui/plot/hover.js
        "hoversubplots": "axis",
        "hoverlabel": hover,
        "xaxis": {
            "anchor": "y2",
            "color": palette.ink_soft,
            "showgrid": False,
            "zeroline": False,
            "tickformat": "d",
            "unifiedhovertitle": {"text": words.at_step},
        },
        "yaxis": {**axis, "domain": UPPER},
        "yaxis2": {**axis, "domain": LOWER},
        "shapes": [_threshold(palette)],
        "meta": _MEASURES,
    }


def _threshold(palette: Palette) -> dict[str, Any]:
    """The line that the sums are compared with."""
    dashes = {"color": palette.threshold, "width": 2, "dash": "dash"}
    place = {"xref": "paper", "x0": 0, "x1": 1, "yref": "y2", "layer": "above"}
    return {"type": "line", "name": "threshold", **place, "line": dashes}


_MEASURES = {
    "bars": 0.78,  # of a step's width, for those of all branches
    "faint": 0.55,  # opacity of the lines of every branch but the first
    "named": [[20, 10], [10, 5], [-1, 1]],  # beyond so many steps every so many has its number
    # Where the axes end. The upper one holds every change, with `room`, at least `least` where none is known.
    "upper": {"room": 1.08, "least": 0.1},
    # The decision happens at the threshold: the lower one holds every sum with `room`, at most `most`
    # thresholds and at least `around`, so that those near it can be told apart.
    "lower": {"room": 1.1, "most": 3, "around": 1.25, "least": 1e-3},
}
