"""The tour's scatter plots as plotly figures; defined in study/plot/scatter.py."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from teacache.method.trace import Trace
from teacache.study.figures.style import standing
from teacache.study.plot import scatter
from teacache.study.plot.palette import LIGHT, Palette
from teacache.study.plot.series import Series, put


def cloud(trace: Trace, *, moved: bool = False, palette: Palette = LIGHT) -> go.Figure:
    """A dot a call of the first branch: its indicator's change against the output's.

    `moved`: where the trace's polynomial takes it, too.
    """
    rows = [
        (r.indicator_distance, r.estimated_distance, r.output_distance)
        for r in trace.branch(trace.branches[0] if trace.branches else "")
        if r.output_distance_exact and None not in (r.indicator_distance, r.estimated_distance)
    ]
    indicator, estimate, output = ([row[i] for row in rows] for i in range(3))
    ways: Series = {
        "kind": "way",
        "x": [x for before, after, _ in rows for x in (before, after, None)],
        "y": [y for *_, out in rows for y in (out, out, None)],
    }
    series: list[Series] = [{"kind": "pair", "x": indicator, "y": output}]
    if moved:
        series = [ways, {"kind": "estimate", "x": estimate, "y": output}]
    return standing(go.Figure(put(scatter.cloud(palette), series)), palette)


def race(points: Sequence[tuple[float, float]], *, palette: Palette = LIGHT) -> go.Figure:
    """A dot for (times fewer computations, PSNR in dB) at each threshold of one prompt."""
    x, y = ([point[i] for point in points] for i in range(2))
    return standing(go.Figure(put(scatter.race(palette), [{"kind": "point", "x": x, "y": y}])), palette)
