"""Why a schedule is good: what TeaCache estimates at each step beside what skipping it does in the end."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from teacache.study.figures.style import colour, styled


def estimate_and_damage(
    estimated: Sequence[float | None],
    damage: Sequence[float | None],
    *,
    x: str = "Step",
    names: tuple[str, str] = (
        "Change that TeaCache estimates",
        "Error of the clip if this step alone is reused",
    ),
) -> go.Figure:
    """Both per step, each as a share of its largest value: they disagree, since early errors travel.

    None where a step has no value: the first can be neither. Steps count from 1, as they are shown.
    """
    figure = go.Figure()
    for place, (name, values) in enumerate(zip(names, (estimated, damage), strict=True)):
        figure.add_scatter(
            name=name, x=list(range(1, len(values) + 1)), y=_shares(values), line={"color": colour(place)}
        )
    return styled(figure, x=x, y="").update_yaxes(range=[0, 1.05], tickformat=".0%")


def _shares(values: Sequence[float | None]) -> list[float | None]:
    largest = max((value for value in values if value is not None), default=0.0) or 1.0
    return [None if value is None else value / largest for value in values]
