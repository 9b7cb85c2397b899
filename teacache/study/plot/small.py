"""What small figures share: no ground, no legend, and their axes' names in two corners. Knows JSON only."""

from __future__ import annotations

from typing import Any

from teacache.study.plot.palette import Palette

Box = dict[str, int]  # width, height, and the margins l, r, t, b; pixels


def layout(palette: Palette, box: Box, *, font: float) -> dict[str, Any]:
    """Of a figure of that size, still without axes and shapes."""
    return {
        "width": box["width"],
        "height": box["height"],
        "margin": {side: box[side] for side in "lrtb"},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"size": font, "color": palette.ink_soft},
        "showlegend": False,
        "shapes": [],
        "meta": {},
    }


def axis(palette: Palette, **options: Any) -> dict[str, Any]:
    """An axis without lines of its own."""
    return {"color": palette.ink_soft, "gridcolor": palette.grid, "zeroline": False, **options}


def names(palette: Palette, box: Box, *, x: str, y: str) -> list[dict[str, Any]]:
    """The names of the axes as annotations: x below the right end of its numbers, y above its own."""
    below = {"x": 1, "xanchor": "right", "y": 0, "yshift": 1 - box["b"]}
    above = {"x": 0, "xanchor": "left", "xshift": -box["l"], "y": 1, "yshift": box["t"] - 14}
    place = {"xref": "paper", "yref": "paper", "yanchor": "bottom", "showarrow": False}
    font = {"color": palette.ink_soft}
    return [{"text": text, "font": font, **place, **at} for text, at in ((x, below), (y, above))]
