"""The error of every span as a map: from which computed step to which, with a schedule drawn on it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from teacache.study.figures.style import colour, styled


def span_map(
    errors: np.ndarray,
    schedule: Sequence[bool] = (),
    *,
    x: str = "Next computed step",
    y: str = "Computed step",
) -> go.Figure:
    """`errors` (N + 1, N + 1) as paths.best_path takes them, in dB; infinite ones stay empty."""
    with np.errstate(divide="ignore"):
        decibels = 20 * np.log10(np.where(np.isfinite(errors) & (errors > 0), errors, np.nan))
    figure = go.Figure(
        go.Heatmap(z=decibels, colorscale="Viridis", colorbar={"title": {"text": "dB"}}, hoverongaps=False)
    )
    nodes = [*(step for step, computed in enumerate(schedule) if computed), len(errors) - 1]
    if len(nodes) > 1:
        figure.add_scatter(x=nodes[1:], y=nodes[:-1], mode="markers", marker={"color": colour(1), "size": 8})
    styled(figure, x=x, y=y).update_yaxes(autorange="reversed")
    return figure
