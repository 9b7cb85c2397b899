"""A sweep as one HTML file that opens offline: the advice, the frontier, the spread, the table. English.

Knows rows and figures; runs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from teacache.runs.fidelity import lpips_reason
from teacache.runs.files import whole
from teacache.study.figures import frontier, spread
from teacache.study.html import filled
from teacache.study.sweep.curves import curves, levels
from teacache.study.sweep.rows import Row, judged
from teacache.study.sweep.store import REPORT, Store
from teacache.study.sweep.summary import Advice, Point, points, unbeaten
from teacache.study.sweep.text import title_of

_TEMPLATE = Path(__file__).with_suffix(".html.jinja")
_HEADER = ("method", "knob", "computed", "times fewer", "measured speedup", "PSNR dB", "95 % over prompts",
           "nine prompts in ten above", "SSIM", "LPIPS", "runs")  # fmt: skip


def write_report(store: Store, rows: Sequence[Row], advice: Sequence[Advice]) -> Path:
    """Write the report of these rows into the sweep's folder."""
    path = store.folder / REPORT
    with whole(path) as unfinished:
        unfinished.write_text(page(store.record(), rows, advice, store.scores()), encoding="utf-8")
    return path


def page(
    record: dict[str, Any],
    rows: Sequence[Row],
    advice: Sequence[Advice],
    scores: dict[str, dict[str, float]] | None = None,
) -> str:
    """The whole document; Plotly's script is in it."""
    measured = points(rows)
    methods = list(dict.fromkeys(point.method for point in measured))
    setup, best = record.get("setup", {}), unbeaten(measured)
    cost = frontier(curves(measured), x="Times fewer computations")
    return filled(
        _TEMPLATE,
        title=f"TeaCache sweep: {record.get('title') or setup.get('model', '?')}",
        extent=_extent(setup, rows),
        advice=[str(one.text) for one in advice],
        frontier=cost.to_html(full_html=False, include_plotlyjs=True),
        header=_HEADER,
        lines=[{"best": point in best, "cells": _cells(point)} for point in measured],
        notes=_notes(rows, scores or {}),
        methods=[_method(rows, method, place) for place, method in enumerate(methods)],
    )


def _extent(setup: dict[str, Any], rows: Sequence[Row]) -> str:
    prompts, runs = len({row.index for row in rows}), len(judged(rows))
    disturbed = sum(row.disturbed for row in rows)
    text = (
        f"{setup.get('steps')} steps, guidance {setup.get('guidance_scale')}, {prompts} prompts, {runs} runs"
    )
    return text + f"; {disturbed} were disturbed by other work, and their seconds are left out" * bool(
        disturbed
    )


def _method(rows: Sequence[Row], method: str, place: int) -> dict[str, str]:
    """A method's name, and how far prompts differ with it."""
    figure = spread(levels(rows, method), x=f"Knob of {title_of(method)}", place=place)
    drawn = figure.to_html(full_html=False, include_plotlyjs=False, default_height="24rem")
    return {"title": title_of(method), "figure": drawn}


def _cells(point: Point) -> list[str]:
    psnr = point.psnr
    return [
        title_of(point.method),
        f"{point.knob:.4g}",
        f"{point.share:.1%}",
        f"{point.ideal_speedup:.2f}",
        "-" if point.speedup is None else f"{point.speedup:.2f}",
        f"{psnr.mean:.2f}",
        f"{psnr.low:.1f} to {psnr.high:.1f}",
        f"{point.psnr_low:.1f}",
        f"{point.ssim:.4f}",
        "-" if point.lpips is None else f"{point.lpips:.4f}",
        f"{point.runs}",
    ]


def _notes(rows: Sequence[Row], scores: dict[str, dict[str, float]]) -> list[str]:
    """Why a judge is missing."""
    notes: list[str] = []
    if any(row.lpips is None for row in rows):
        notes.append(lpips_reason() or "Some runs were made before LPIPS was there.")
    if not scores:
        notes.append("VBench was not asked for: add --vbench to judge by it.")
    return notes
