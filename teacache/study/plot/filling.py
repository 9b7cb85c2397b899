"""Fills a run's columns into the empty figure; its twin for the page is ui/plot/filling.js.

Knows columns and Plotly's JSON; neither traces nor plotly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from teacache.study.plot.columns import Columns
from teacache.study.plot.empty import BY_RULE


@dataclass(frozen=True, kw_only=True)
class Filling:
    """What is put in."""

    run: Columns
    uncached: Columns  # for what really changed
    branches: Sequence[str]
    steps: int
    threshold: float
    own: bool = True  # mark the run's own changes; what was only decided again has none


@dataclass(frozen=True)
class Ends:
    """Where the two axes end."""

    upper: float
    lower: float


_WHERE: dict[str, Callable[[Columns, int, str, float], bool]] = {
    "known": lambda of, i, y, _: of[y][i] is not None,
    "exact": lambda of, i, y, _: of[y][i] is not None and bool(of["exact"][i]),
    "computed": lambda of, i, y, _: bool(of["computed"][i] and of[y][i]),
    "reused": lambda of, i, y, _: bool(not of["computed"][i] and of[y][i]),
    "forced": lambda of, i, y, _: bool(of["computed"][i]) and of["reason"][i] in BY_RULE,
    "cut": lambda of, i, y, end: (of["acc"][i] or 0) > end,
}


def ends(measures: dict[str, Any], filling: Filling) -> Ends:
    """By what the empty figure says of its axes."""
    upper, lower = measures["upper"], measures["lower"]
    own = zip(filling.run["out"], filling.run["exact"], strict=True)
    changes = _known([*filling.run["est"], *filling.uncached["out"], *(out for out, exact in own if exact)])
    highest = lower["room"] * max(_known(filling.run["acc"]), default=0.0)
    delta = filling.threshold
    top = min(highest, lower["most"] * delta) if delta else highest
    return Ends(
        upper["room"] * max(changes, default=upper["least"]),
        max(top, lower["around"] * delta, lower["least"]),
    )


def fill(figure: dict[str, Any], filling: Filling) -> dict[str, Any]:
    """The figure with every trace once a branch, its axes as long as the run, the threshold where it is."""
    measures = figure["layout"]["meta"]
    end = ends(measures, filling)
    data = [
        _trace(trace, filling, place, end.lower, measures)
        for place in range(len(filling.branches))
        for trace in figure["data"]
        if filling.own or trace["meta"]["kind"] != "own"
    ]
    return {"data": data, "layout": _layout(figure["layout"], filling, end)}


def _trace(
    trace: dict[str, Any], filling: Filling, place: int, end: float, measures: dict[str, Any]
) -> dict[str, Any]:
    meta, count = trace["meta"], len(filling.branches)
    of, y = (filling.run if meta["of"] == "run" else filling.uncached), meta["y"]
    chosen = _WHERE[meta["where"]]
    bar = trace["type"] == "bar"
    # A bar of every call, those of others empty: Plotly lets bars answer as far as they stand apart.
    lane = [i for i, branch in enumerate(of["branch"]) if branch == place]
    calls = [i for i in lane if bar or chosen(of, i, y, end)]
    width = measures["bars"] / count
    middle = (place - (count - 1) / 2) * width if meta.get("apart") else 0.0

    def value(i: int) -> float | None:
        if not chosen(of, i, y, end):
            return None
        return of[y][i] if isinstance(y, str) else y * end

    return {
        **trace,
        "name": trace["name"] and trace["name"] + (f" · {filling.branches[place]}" if count > 1 else ""),
        "opacity": measures["faint"] if place and meta.get("faint") else 1,
        **({"width": width, "offset": middle - width / 2} if bar else {}),
        "x": [of["step"][i] + 1 + (0 if bar else middle) for i in calls],
        "y": [value(i) for i in calls],
    }


def _layout(layout: dict[str, Any], filling: Filling, end: Ends) -> dict[str, Any]:
    apart = next(apart for beyond, apart in layout["meta"]["named"] if filling.steps > beyond)
    return {
        **layout,
        "xaxis": {**layout["xaxis"], "range": [0.5, filling.steps + 0.5], "tick0": apart, "dtick": apart},
        "yaxis": {**layout["yaxis"], "range": [0, end.upper]},
        "yaxis2": {**layout["yaxis2"], "range": [0, end.lower]},
        "shapes": [{**shape, "y0": filling.threshold, "y1": filling.threshold} for shape in layout["shapes"]],
    }


def _known(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]
