"""The accumulator at one call, as a plotly figure; defined in study/plot/accumulator.py."""

from __future__ import annotations

import plotly.graph_objects as go

from teacache.method.trace import Trace
from teacache.study.plot.accumulator import Words, empty, fill
from teacache.study.plot.palette import LIGHT, Palette

HEIGHT = 90  # pixels, with the threshold's number above


def accumulator(trace: Trace, call: int, *, palette: Palette = LIGHT) -> go.Figure:
    """What was accumulated when a call was decided, against the threshold. Raises IndexError."""
    record, threshold = trace.records[call], trace.settings.threshold
    total = record.accumulated_distance or 0.0
    drawn = fill(empty(palette, Words()), total=total, computed=record.computed, threshold=threshold)
    figure = go.Figure(drawn).update_layout(
        width=None, height=HEIGHT, margin={"l": 16, "r": 16, "t": 40, "b": 16}
    )
    label = {"text": f"δ {threshold:.3g}", "font": {"color": palette.threshold}, "showarrow": False}
    figure.add_annotation(x=threshold, y=1, yref="paper", yanchor="bottom", **label)
    return figure.update_layout(paper_bgcolor=palette.card, plot_bgcolor=palette.line)
