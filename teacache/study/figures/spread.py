"""How far prompts differ: every run of one method, level by level. Knows numbers only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from teacache.study.figures.style import colour, styled


@dataclass(frozen=True, kw_only=True)
class Level:
    """All runs of a method at one setting."""

    name: str
    qualities: Sequence[float]  # dB, one a run
    texts: Sequence[str]  # what each run was asked for
    run_ids: Sequence[str]  # what a click on each opens


def spread(levels: Sequence[Level], *, x: str, y: str = "PSNR (dB)", place: int = 0) -> go.Figure:
    """A box with all its runs for each level, in order; `customdata` of a dot is its run.

    `place`: of the method among others, for its colour.
    """
    figure = styled(go.Figure([_box(level, colour(place)) for level in levels]), x=x, y=y)
    figure.update_xaxes(type="category")
    return figure.update_layout(showlegend=False, hovermode="closest")


def _box(level: Level, shade: str) -> go.Box:
    return go.Box(
        name=level.name,
        y=list(level.qualities),
        text=list(level.texts),
        customdata=list(level.run_ids),
        boxpoints="all",
        jitter=0.5,
        pointpos=0,
        marker={"size": 6, "opacity": 0.7, "color": shade},
        line={"width": 1},
        hovertemplate="%{y:.1f} dB<br>%{text}<extra></extra>",
    )
