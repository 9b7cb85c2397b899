"""The figure of a rescaling polynomial, as Plotly's JSON: its curve over a run's own pairs.

Bands show where it was calibrated and where it is negative. Knows numbers only, and does not import plotly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from teacache.study.plot import small
from teacache.study.plot.palette import Palette
from teacache.study.plot.series import put

Pair = tuple[float, float]
_ROOM = 1.08  # above the highest
BOX: small.Box = {"width": 560, "height": 220, "l": 46, "r": 12, "t": 12, "b": 22}


@dataclass(frozen=True, kw_only=True)
class Words:
    """What is written in the figure."""

    pairs: str = "pairs of this run"
    estimate: str = "estimated change"
    fresh: str = "newly fitted"
    call: str = "this call"
    distance: str = "change of the indicator"
    change: str = "change of the output"


def empty(palette: Palette, words: Words) -> dict[str, Any]:
    """Without numbers: `meta.kind` says which of them a trace takes, and what a band is of."""
    dots = {"color": palette.card, "size": 6.4, "line": {"color": palette.actual, "width": 1.4}}
    dot = {"color": palette.estimate, "size": 10, "line": {"color": palette.card, "width": 1.5}}
    dashed = {"color": palette.estimate, "width": 2, "dash": "6px,3px"}
    points, line = ({"type": "scatter", "mode": mode} for mode in ("markers", "lines"))
    return {
        "data": [
            {**points, "name": words.pairs, "marker": dots, "meta": {"kind": "pair"}},
            {**line, "name": words.estimate, "line": dashed, "meta": {"kind": "estimate"}},
            {
                **line,
                "name": words.fresh,
                "line": {"color": palette.computed, "width": 2},
                "meta": {"kind": "fresh"},
            },
            {**points, "name": words.call, "marker": dot, "meta": {"kind": "call"}},
        ],
        "layout": small.layout(palette, BOX, font=11) | {
            "xaxis": small.axis(palette, showgrid=False, nticks=6),
            "yaxis": small.axis(palette, nticks=4),
            "shapes": [
                _band("calibrated", palette.estimate, 0.07), _band("negative", palette.threshold, 0.14)
            ],
        },
    }  # fmt: skip


def _band(kind: str, colour: str, opacity: float) -> dict[str, Any]:
    place = {"type": "rect", "xref": "x", "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
    return {**place, "fillcolor": colour, "opacity": opacity, "line": {"width": 0}, "name": kind}


def ends(pairs: Sequence[Pair], curve: Sequence[tuple[float, float | None]]) -> dict[str, float]:
    """Where the axes end. A quartic may soar or plunge: the pairs set the scale."""
    highest = max((change for _, change in pairs), default=1e-3)
    heights = [y for _, y in curve if y is not None]
    top = _ROOM * min(2 * highest, max([highest, *heights]))
    return {
        "right": max(x for x, _ in [*pairs, *curve]),
        "top": top,
        "bottom": max(-top / 2, min([0.0, *heights])),
    }


def fill(
    figure: dict[str, Any],
    pairs: Sequence[Pair],
    curve: Sequence[Pair],
    *,
    calibrated: Sequence[Pair] = (),
    negative: Sequence[Pair] = (),
) -> dict[str, Any]:
    """The figure of one polynomial; `calibrated` and `negative`: from which distance to which."""
    end = ends(pairs, curve)
    numbers = {"pair": pairs, "estimate": curve}
    spans = {"calibrated": calibrated, "negative": negative}
    return put(
        figure,
        [{"kind": kind, "x": [x for x, _ in of], "y": [y for _, y in of]} for kind, of in numbers.items()],
        ends={"xaxis": [0, end["right"]], "yaxis": [end["bottom"], end["top"]]},
        places={
            name: [{"x0": low, "x1": min(high, end["right"])} for low, high in of]
            for name, of in spans.items()
        },
    )
