"""Latency against size: figure 8 of the paper (arXiv 2411.19108). Knows numbers only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import plotly.graph_objects as go

from teacache.study.figures.style import colour, styled


class Sized(Protocol):
    """One method at one size; teacache.study.sizes.Row is one."""

    @property
    def size(self) -> tuple[int, int, int]: ...  # frames, height, width

    @property
    def method(self) -> str: ...

    @property
    def seconds(self) -> float | None: ...


def latency_by_size(
    rows: Sequence[Sized],
    *,
    names: Mapping[str, str] | None = None,
    x: str = "Frames, height x width",
    y: str = "Seconds of denoising",
) -> go.Figure:
    """Bars side by side at every size, smallest first, with the speedup over the first method on top.

    `names`: what methods are called; without one a method's own.
    """
    measured = [row for row in rows if row.seconds is not None]
    first = {row.size: row.seconds or 0.0 for row in reversed(measured)}  # of each size
    methods = list(dict.fromkeys(row.method for row in measured))
    figure = go.Figure()
    for place, method in enumerate(methods):
        own = sorted((row for row in measured if row.method == method), key=_pixels)
        figure.add_bar(
            name=(names or {}).get(method, method),
            x=[_label(row) for row in own],
            y=[row.seconds for row in own],
            text=["" if place == 0 else f"{first[row.size] / (row.seconds or 1.0):.1f}x" for row in own],
            marker_color=colour(place),
        )
    figure.update_layout(barmode="group")
    return styled(figure, x=x, y=y)


def _pixels(row: Sized) -> int:
    frames, height, width = row.size
    return frames * height * width


def _label(row: Sized) -> str:
    frames, height, width = row.size
    return f"{frames}, {height}x{width}"
