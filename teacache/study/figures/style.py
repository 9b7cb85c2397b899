"""How every figure of a study looks: colours, symbols, axes. Knows plotly only."""

from __future__ import annotations

import plotly.graph_objects as go

from teacache.study.plot.palette import Palette

# Okabe and Ito's eight (https://jfly.uni-koeln.de/color/), told apart by colour-blind people too
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7F7F7F", "#000000")
SYMBOLS = ("circle", "square", "diamond", "cross", "x", "triangle-up", "star", "hexagon")


def colour(place: int) -> str:
    """Of the series at this place."""
    return COLOURS[place % len(COLOURS)]


def symbol(place: int) -> str:
    """Of the series at this place; a second round of colours goes with other symbols."""
    return SYMBOLS[(place + place // len(COLOURS)) % len(SYMBOLS)]


def styled(figure: go.Figure, *, x: str, y: str) -> go.Figure:
    """The figure with its axes named and the house's plain look, on whatever background it is shown."""
    figure.update_layout(
        template="plotly_white",
        margin={"l": 56, "r": 16, "t": 24, "b": 48},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        hoverlabel={"align": "left"},
    )
    figure.update_xaxes(title_text=x, gridcolor="rgba(128,128,128,.25)", zeroline=False)
    figure.update_yaxes(title_text=y, gridcolor="rgba(128,128,128,.25)", zeroline=False)
    return figure


def standing(figure: go.Figure, palette: Palette) -> go.Figure:
    """A small figure of the page as one that stands alone: as large as its place, with ground and legend."""
    figure.update_layout(
        width=None,
        height=None,
        paper_bgcolor=palette.card,
        plot_bgcolor=palette.card,
        font={"size": 12},
        showlegend=True,
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom"},
        margin={"l": 64, "r": 32, "t": 64, "b": 56},
    )
    return figure
