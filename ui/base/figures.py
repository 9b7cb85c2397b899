"""The empty figures as page and report get them: colours are the style sheet's variables, words are keys.

So that both themes and every language draw the same; plot/figure.js puts words and colours in,
plot/filling.js and plot/series.js the numbers.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from teacache.study.plot import accumulator, polynomial, quality, scatter
from teacache.study.plot.empty import Words, empty, labels
from teacache.study.plot.palette import Palette

_PALETTE = Palette(**{field.name: f"var(--tc-{field.name.replace('_', '-')})" for field in fields(Palette)})
_WORDS = Words(
    actual="legend_actual",
    estimate="legend_est",
    own="legend_this",
    computed="hover_sum_computed",
    reused="hover_sum_reused",
    forced="legend_forced",
    at_step="say_step",
    step="take_plot_x",
    change="plot_change",
    accumulated="plot_sum",
)
_POLYNOMIAL = polynomial.Words(
    pairs="poly_pairs", estimate="legend_est", fresh="poly_new", call="poly_call", distance="poly_x"
)
_QUALITY = quality.Words(
    frontier="",
    curve="rival_teacache",
    recorded="",
    own="",
    unlike="",
    disturbed="",
    x="history_x",
    y="history_y",
)
_SUMS = accumulator.Words(computed="hover_sum_computed", reused="hover_sum_reused")


def figures() -> dict[str, dict[str, Any]]:
    """`data` and `layout` of each empty figure by name; `labels`: what the layout gets that stands alone."""
    return {
        "run": empty(_PALETTE, _WORDS) | {"labels": labels(_PALETTE, _WORDS)},
        "polynomial": polynomial.empty(_PALETTE, _POLYNOMIAL),
        "quality": quality.empty(_PALETTE, _QUALITY),
        "cloud": scatter.cloud(_PALETTE, scatter.Words(x="tour_axis_ind", y="tour_axis_out")),
        "race": scatter.race(_PALETTE, scatter.Words(x="tour_axis_fewer", y="history_y")),
        "accumulator": accumulator.empty(_PALETTE, _SUMS),
    }
