"""A rescaling polynomial over the pairs that runs measured, as a plotly figure; defined in study/plot."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from teacache.method.settings import Settings
from teacache.method.trace import Trace
from teacache.study.calibrate import pairs
from teacache.study.figures.style import standing
from teacache.study.plot.palette import LIGHT, Palette
from teacache.study.plot.polynomial import Words, empty, fill
from teacache.study.polynomial import curve, negative


def polynomial(settings: Settings, traces: Sequence[Trace], *, palette: Palette = LIGHT) -> go.Figure:
    """The curve of these settings over the pairs of uncached runs, from 0 to the farthest distance."""
    words = Words()
    x, y = pairs(traces)
    limits = settings.input_range
    right = max([*map(float, x), *(limits or ()), 1e-3])
    drawn = fill(
        empty(palette, words),
        list(zip(map(float, x), map(float, y), strict=True)),
        curve(settings, 0.0, right),
        calibrated=[limits] if limits else (),
        negative=negative(settings, 0.0, right),
    )
    figure = standing(go.Figure(drawn), palette)
    return figure.update_xaxes(title_text=words.distance).update_yaxes(title_text=words.change)
