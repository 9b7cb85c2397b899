"""The rows and levels of a sweep in the form that figures draw. Draws nothing."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from teacache.study.figures import Curve, Level
from teacache.study.figures import Point as Dot
from teacache.study.sweep.rows import Row
from teacache.study.sweep.summary import Point
from teacache.study.sweep.text import title_of

SAVES = 0.99  # share of the uncached run's work above which a setting saves none


def curves(points: Sequence[Point], *, recorded: bool = False) -> list[Curve]:
    """One curve a method, mean PSNR over prompts against how many times fewer computations there were.

    A setting that saves nothing is the uncached run itself and has no dot: it would stretch the axis to the
    figure that stands for "identical". A dot's `run_id` is the JSON of its knobs. `recorded`: of a sweep that
    ships with the app.
    """
    points = [point for point in points if point.share <= SAVES]
    methods = dict.fromkeys(point.method for point in points)
    return [
        Curve(
            name=title_of(method),
            points=[_dot(point) for point in points if point.method == method],
            recorded=recorded,
        )
        for method in methods
    ]


def levels(rows: Sequence[Row], method: str) -> list[Level]:
    """Every run of a method, level by level, the costliest first; a run's id is its key."""
    mine = [row for row in rows if row.method == method]
    groups = [[row for row in mine if row.values == values] for values in {row.values for row in mine}]
    return [
        Level(
            name=f"{group[0].knob:.4g}",
            qualities=[row.psnr for row in group],
            texts=[f"{row.prompt} ({row.seed})" for row in group],
            run_ids=[row.key for row in group],
        )
        for group in sorted(groups, key=lambda group: fmean(row.share for row in group), reverse=True)
    ]


def _dot(point: Point) -> Dot:
    psnr = point.psnr
    return Dot(
        cost=point.ideal_speedup,
        quality=psnr.mean,
        interval=(psnr.low, psnr.high),
        text=f"{point.knob:.4g}: {point.share:.0%}, {psnr.low:.1f} - {psnr.high:.1f} dB",
        run_id=f"{point.method} {point.values}",
    )
