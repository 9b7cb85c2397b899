"""One run as the page draws it: what was estimated, what really changed, what was decided at every call.

Above, the change of the output from call to call: estimated (dashed) and true (solid). Below, the accumulated
estimate as a bar a call, against the threshold. One definition for page, notebook, report and shell. Knows
traces and plotly; no pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from teacache.method.trace import StepRecord, Trace


@dataclass(frozen=True, kw_only=True)
class Palette:
    """Colours by role: those of the page's style sheet."""

    ink: str
    card: str
    grid: str
    computed: str
    computed_deep: str
    reused: str
    reused_soft: str
    estimate: str
    actual: str
    threshold: str


LIGHT = Palette(
    ink="#566174", card="#ffffff", grid="#e9edf3", computed="#2563eb", computed_deep="#1e3a8a",
    reused="#c26a05", reused_soft="#fbd9a0", estimate="#7c3aed", actual="#0f766e", threshold="#d61f3a",
)  # fmt: skip
DARK = Palette(
    ink="#a9b4c5", card="#161c27", grid="#26303f", computed="#6ea3ff", computed_deep="#c7dcff",
    reused="#f5b440", reused_soft="#4d3a14", estimate="#c0a3ff", actual="#34d3bd", threshold="#ff7a8c",
)  # fmt: skip

Drawn = go.Bar | go.Scatter

BY_RULE = ("first", "last", "retention", "no_residual", "shape_changed", "scheduled", "off")
"""Reasons for which a call is computed whatever its estimate says."""

_UPPER, _LOWER = (0.57, 1.0), (0.0, 0.41)  # shares of the height
_LANE = 0.78  # of a step's width for the bars of all branches
_FORCED, _GAP = 0.07, 0.86  # of the lower axis: where forced calls are marked, where a cut bar is broken
_FAINT = 0.55  # opacity of the second branch's lines


@dataclass(frozen=True)
class Ends:
    """Where the two axes end."""

    upper: float
    lower: float


def figure(trace: Trace, uncached: Trace | None = None, *, palette: Palette = LIGHT) -> go.Figure:
    """The figure of a run, and of the uncached run of the same noise for what really changed.

    Without it the true changes are those that the run itself knows: of two neighbouring computed calls.
    """
    ends = axis_ends(trace, uncached)
    drawn = go.Figure(layout=_layout(trace, ends, palette))
    for place, branch in enumerate(trace.branches):
        lines = _lines(trace, uncached, branch, palette)
        bars = _bars(trace.branch(branch), _Lane(place, len(trace.branches)), ends.lower, palette)
        drawn.add_traces([*_of_branch(lines, branch, place, len(trace.branches)), *bars])
    return drawn


def axis_ends(trace: Trace, uncached: Trace | None = None) -> Ends:
    """The upper axis holds every change; the lower one three thresholds, for the decision happens there."""
    exact = [r.output_distance for r in trace.records if r.output_distance_exact]
    true = [r.output_distance for r in uncached.records] if uncached else []
    changes = _known([*exact, *true, *(r.estimated_distance for r in trace.records)])
    highest, delta = max(_sums(trace.records), default=0.0), trace.settings.threshold
    seen = min(1.1 * highest, 3 * delta) if delta else 1.1 * highest
    return Ends(1.08 * max(changes, default=0.1), max(seen, 1.25 * delta, 1e-3))


@dataclass(frozen=True)
class _Lane:
    """The part of a step's width that a branch has."""

    place: int
    count: int

    @property
    def width(self) -> float:
        return _LANE / self.count

    @property
    def middle(self) -> float:
        """From the middle of the step."""
        return (self.place - (self.count - 1) / 2) * self.width


def _lines(trace: Trace, uncached: Trace | None, branch: str, palette: Palette) -> list[go.Scatter]:
    own = trace.branch(branch)
    exact = [record for record in own if record.output_distance_exact]
    true = exact if uncached is None else uncached.branch(branch)
    dots = {"color": palette.card, "size": 6, "line": {"color": palette.actual, "width": 1.5}}
    return [
        _line("actual change", true, "output_distance", line={"color": palette.actual, "width": 2}),
        _line(
            "estimated change", own, "estimated_distance",
            line={"color": palette.estimate, "width": 1.6, "dash": "5px,3px"},
        ),
        _line("actual change, this run", exact, "output_distance", mode="markers", marker=dots),
    ]  # fmt: skip


def _line(
    name: str, records: Iterable[StepRecord], field: str, *, mode: str = "lines", **look: Any
) -> go.Scatter:
    known = [(r.step + 1, getattr(r, field)) for r in records if getattr(r, field) is not None]
    x, y = zip(*known, strict=True) if known else ((), ())
    return go.Scatter(name=name, x=x, y=y, mode=mode, hovertemplate="%{y:.3g}", **look)


def _of_branch(lines: list[go.Scatter], branch: str, place: int, count: int) -> list[go.Scatter]:
    """Named after their branch and fainter after the first, where there are several."""
    for line in lines if count > 1 else ():
        line.update(name=f"{line.name} · {branch}", opacity=_FAINT if place else 1)
    return lines


def _bars(
    records: Sequence[StepRecord], lane: _Lane, end: float, palette: Palette
) -> list[go.Bar | go.Scatter]:
    weighed = [record for record in records if record.accumulated_distance]
    forced = [record for record in records if record.computed and record.reason in BY_RULE]
    cut = [record for record in weighed if record.accumulated_distance > end]
    mark = {"symbol": "diamond", "size": 8, "color": palette.computed_deep}
    gap = {"symbol": "line-ne", "size": 22, "line": {"width": 3, "color": palette.card}}
    return [
        _sum_bars("accumulated, computed", [r for r in weighed if r.computed], lane, palette),
        _sum_bars("accumulated, reused", [r for r in weighed if not r.computed], lane, palette),
        _marks("computed by rule", forced, lane, _FORCED * end, mark, hovertemplate=" "),
        _marks("", cut, lane, _GAP * end, gap, hoverinfo="skip", showlegend=False),
    ]


def _sum_bars(name: str, records: Sequence[StepRecord], lane: _Lane, palette: Palette) -> go.Bar:
    computed = bool(records) and records[0].computed
    strong = palette.computed if computed else palette.reused
    pattern = {"shape": "", "fgcolor": strong, "bgcolor": palette.reused_soft, "size": 5, "solidity": 0.45}
    hatched = pattern if computed else pattern | {"shape": "/", "fillmode": "replace"}
    return go.Bar(
        name=name,
        x=[record.step + 1 for record in records],
        y=[record.accumulated_distance for record in records],
        customdata=[record.call for record in records],
        width=lane.width,
        offset=lane.middle - lane.width / 2,
        yaxis="y2",
        hovertemplate="%{y:.3g}",
        marker={
            "color": strong if computed else palette.reused_soft,
            "line": {"width": 1, "color": strong},
            "pattern": hatched,
        },
    )


def _marks(
    name: str, records: Sequence[StepRecord], lane: _Lane, y: float, marker: dict, **look
) -> go.Scatter:
    x = [record.step + 1 + lane.middle for record in records]
    return go.Scatter(name=name, x=x, y=[y] * len(x), yaxis="y2", mode="markers", marker=marker, **look)


def _layout(trace: Trace, ends: Ends, palette: Palette) -> go.Layout:
    axis = {"gridcolor": palette.grid, "zerolinecolor": palette.grid, "color": palette.ink, "nticks": 4}
    return go.Layout(
        margin={"l": 62, "r": 72, "t": 12, "b": 44},
        paper_bgcolor=palette.card,
        plot_bgcolor=palette.card,
        font={"size": 12, "color": palette.ink},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        barmode="overlay",
        bargap=0,
        hovermode="x unified",
        hoversubplots="axis",
        xaxis=_steps_axis(trace.steps, palette),
        yaxis={**axis, "domain": _UPPER, "range": [0, ends.upper], "title": {"text": "change"}},
        yaxis2={**axis, "domain": _LOWER, "range": [0, ends.lower], "title": {"text": "accumulated"}},
        **_threshold(trace.settings.threshold, palette),
    )


def _steps_axis(steps: int, palette: Palette) -> dict[str, Any]:
    apart = 10 if steps > 20 else 5 if steps > 10 else 1
    return {
        "anchor": "y2",
        "range": [0.5, steps + 0.5],
        "color": palette.ink,
        "showgrid": False,
        "zeroline": False,
        "tickformat": "d",
        "tick0": apart,
        "dtick": apart,
        "title": {"text": "step"},
        "unifiedhovertitle": {"text": "step %{x}"},
    }


def _threshold(delta: float, palette: Palette) -> dict[str, Any]:
    """The line that the sums are compared with, and its number."""
    place = {"yref": "y2", "xref": "paper"}
    line = {"color": palette.threshold, "width": 2, "dash": "dash"}
    said = {"text": f"δ {delta:.3g}", "showarrow": False, "font": {"color": palette.threshold}}
    return {
        "shapes": [{"type": "line", "x0": 0, "x1": 1, "y0": delta, "y1": delta, "line": line, **place}],
        "annotations": [{"x": 1.005, "xanchor": "left", "y": delta, "yanchor": "middle", **said, **place}],
    }


def _sums(records: Iterable[StepRecord]) -> list[float]:
    return _known(record.accumulated_distance for record in records)


def _known(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]
