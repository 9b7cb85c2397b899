"""Puts series of numbers into an empty figure; its twin for the page is ui/plot/series.js.

A series goes into the trace of its kind (`meta.kind`), which is there once for each; a trace without a series
is left out. Where an axis ends follows from the numbers, by its rule in `meta.ends` of the layout.
Knows Plotly's JSON, neither traces of runs nor plotly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import floor, inf
from typing import Any

Series = Mapping[str, Any]
"""`kind`, `x` and `y`, None where a line has a gap; and what else the trace gets: `name`, `customdata`."""


def put(
    figure: dict[str, Any],
    series: Sequence[Series],
    *,
    ends: Mapping[str, Sequence[float]] | None = None,
    places: Mapping[str, Sequence[dict[str, float]]] | None = None,
) -> dict[str, Any]:
    """The figure of these series.

    `ends`: of axes that have no rule. `places`: where shapes lie, by name; a shape is there once for each.
    """
    layout = figure["layout"]
    rules, places = layout["meta"].get("ends", {}), places or {}
    ranges = {axis: span(rule, series) for axis, rule in rules.items()} | dict(ends or {})
    highest = ranges["yaxis"][1] if "under" in rules.get("yaxis", {}) else inf
    axes = {axis: {**layout[axis], "range": list(limits)} for axis, limits in ranges.items()}
    return {
        "data": [
            {**trace, **numbers, "y": [y if y is None else min(y, highest) for y in numbers["y"]]}
            for trace in figure["data"]
            for numbers in ({n: v for n, v in one.items() if n != "kind"} for one in _of(trace, series))
        ],
        "layout": {
            **layout,
            **axes,
            "shapes": [
                {**shape, **place} for shape in layout["shapes"] for place in places.get(shape["name"], [{}])
            ],
        },
    }


def span(rule: Mapping[str, Any], series: Sequence[Series]) -> list[float]:
    """Where an axis begins and ends.

    `of`: the coordinates that lie on it. It holds every number up to `under`; those beyond lie on its edge.
    It begins at `low`, or at the least number or `most`, less `below`, down to a multiple of `unit`; it ends
    at the greatest number or `least`, by `times` and `above` more.
    """
    under = rule.get("under", inf)
    values = [v for one in series for axis in rule["of"] for v in one[axis] if v is not None and v <= under]
    low = rule["low"] if "low" in rule else min([rule.get("most", inf), *values]) - rule.get("below", 0)
    high = max([rule.get("least", -inf), *values]) * rule.get("times", 1) + rule.get("above", 0)
    return [floor(low / rule["unit"]) * rule["unit"] if "unit" in rule else low, high]


def _of(trace: Mapping[str, Any], series: Sequence[Series]) -> list[Series]:
    return [one for one in series if one["kind"] == trace["meta"]["kind"]]
