"""One run as a plotly figure: what was estimated, what really changed, what was decided at every call.

The definition is study/plot/empty.py, which the page draws from too; here a trace is put in. Knows traces and
plotly; no pages.
"""

from __future__ import annotations

from html import escape
from textwrap import shorten, wrap
from typing import Any
from unicodedata import east_asian_width

import plotly.graph_objects as go

from teacache.method.trace import Trace
from teacache.study.plot.columns import columns
from teacache.study.plot.empty import Words, empty, labels
from teacache.study.plot.filling import Filling, fill
from teacache.study.plot.palette import LIGHT, Palette

_SIGNS, _LINE = 90, 20  # of a line of the title: how many signs, how high in pixels


def figure(
    trace: Trace, uncached: Trace | None = None, *, palette: Palette = LIGHT, own: bool = True
) -> go.Figure:
    """The figure of a run, and of the uncached run of the same noise for what really changed.

    Without it the true changes are those that the run itself knows: of two neighbouring computed calls.
    `own`: these are marked as this run's; a trace that was only decided again has none.
    """
    words = Words()
    drawn = go.Figure(fill(empty(palette, words), _filling(trace, uncached, own)))
    alone, lines = labels(palette, words), _title(trace)
    margin = alone["margin"] | {"t": alone["margin"]["t"] + _LINE * (len(lines) - 1)}
    font = {"size": 15, "color": palette.ink}
    place = {"x": 0.02, "xanchor": "left", "y": 1, "yanchor": "top", "pad": {"t": 14}}
    title = {"text": "<br>".join(lines), "font": font, **place}
    return drawn.update_layout(alone | {"margin": margin, "title": title}).add_annotation(
        **_delta(trace.settings.threshold, palette)
    )


def _title(trace: Trace) -> list[str]:
    """What was run, in lines; plotly reads some HTML in a title, and a prompt must stay text."""
    prompt = trace.prompt and shorten(trace.prompt, 180, placeholder="…")
    parts = [trace.model, prompt, f"δ {trace.settings.threshold:.3g}"]
    text = " · ".join(str(part) for part in parts if part)
    wide = any(east_asian_width(sign) in "WF" for sign in text)
    return [escape(line, quote=False) for line in wrap(text, _SIGNS // (2 if wide else 1))]


def _delta(threshold: float, palette: Palette) -> dict[str, Any]:
    """The threshold's number, at the end of its line."""
    place = {"yref": "y2", "xref": "paper", "x": 1.005, "xanchor": "left", "y": threshold}
    label = {"text": f"δ {threshold:.3g}", "showarrow": False, "font": {"color": palette.threshold}}
    return {**place, "yanchor": "middle", **label}


def _filling(trace: Trace, uncached: Trace | None, own: bool) -> Filling:
    branches = trace.branches
    exact = [record for record in trace.records if record.output_distance_exact]
    return Filling(
        run=columns(trace.records, branches),
        uncached=columns(exact if uncached is None else uncached.records, (uncached or trace).branches),
        branches=branches,
        steps=trace.steps,
        threshold=trace.settings.threshold,
        own=own,
    )
