"""Where schedules stand among all there are: a histogram of every schedule's error. Knows numbers only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from teacache.study.figures.style import colour, styled

_BINS = 40


def histogram(
    errors: Sequence[float],
    marks: Mapping[str, float],
    *,
    x: str = "Error of the final latents (dB, smaller is better)",
    y: str = "Schedules",
) -> go.Figure:
    """All schedules' mean squared errors, in dB, with a line for each named one."""
    figure = go.Figure(go.Histogram(x=_db(errors), nbinsx=_BINS, marker_color=colour(6), opacity=0.5, name=y))
    for place, (name, error) in enumerate(marks.items()):
        (at,) = _db([error])
        figure.add_vline(
            x=at,
            line={"color": colour(place), "width": 2},
            annotation={"text": name, "textangle": -90, "yanchor": "top", "font": {"color": colour(place)}},
        )
    return styled(figure, x=x, y=y).update_layout(showlegend=False, bargap=0.02)


def _db(errors: Sequence[float]) -> list[float]:
    return (10 * np.log10(np.maximum(np.asarray(errors, dtype=float), 1e-12))).tolist()
