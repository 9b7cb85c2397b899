"""A sweep as one HTML file that opens offline: the advice, the frontier, the spread, the table. English.

Knows rows and figures; runs nothing.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from teacache.runs.fidelity import lpips_reason
from teacache.runs.files import whole
from teacache.study.figures import frontier, spread
from teacache.study.sweep.curves import curves, levels
from teacache.study.sweep.rows import Row, judged
from teacache.study.sweep.store import REPORT, Store
from teacache.study.sweep.summary import Advice, Point, points, unbeaten
from teacache.study.sweep.text import title_of

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#222}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
td,th{padding:.25rem .75rem;text-align:right;border-bottom:1px solid #ddd}
td:first-child,th:first-child{text-align:left}
tr.best{font-weight:600}
"""
_LEGEND = "Bars: 95 % of the means when prompts are drawn again. Bold: no other is better at its cost."
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
    found = points(rows)
    methods = list(dict.fromkeys(point.method for point in found))
    setup = record.get("setup", {})
    title = f"TeaCache sweep: {record.get('title') or setup.get('model', '?')}"
    parts = [
        f"<h1>{html.escape(title)}</h1><p>{html.escape(_extent(setup, rows))}</p>",
        "<h2>Which threshold</h2>" + _list(str(one.text) for one in advice),
        "<h2>Quality against cost</h2>",
        frontier(curves(found), x="Times fewer computations").to_html(full_html=False, include_plotlyjs=True),
        f"<p>{_LEGEND}</p>",
        _table(found, unbeaten(found)),
        *_notes(rows, scores or {}),
        "<h2>How far prompts differ</h2>",
        *(_spread(rows, method, place) for place, method in enumerate(methods)),
    ]
    body = "\n".join(parts)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body>{body}</body></html>"
    )


def _extent(setup: dict[str, Any], rows: Sequence[Row]) -> str:
    prompts, runs = len({row.index for row in rows}), len(judged(rows))
    disturbed = sum(row.disturbed for row in rows)
    said = (
        f"{setup.get('steps')} steps, guidance {setup.get('guidance_scale')}, {prompts} prompts, {runs} runs"
    )
    return said + f"; {disturbed} were disturbed by other work, and their seconds are left out" * bool(
        disturbed
    )


def _spread(rows: Sequence[Row], method: str, place: int) -> str:
    figure = spread(levels(rows, method), x=f"Knob of {title_of(method)}", place=place)
    drawn = figure.to_html(full_html=False, include_plotlyjs=False, default_height="24rem")
    return f"<h3>{html.escape(title_of(method))}</h3>{drawn}"


def _table(found: Sequence[Point], strong: Sequence[Point]) -> str:
    head = "".join(f"<th>{name}</th>" for name in _HEADER)
    lines = "".join(_line(point, strong=point in strong) for point in found)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"


def _line(point: Point, *, strong: bool) -> str:
    cells = "".join(f"<td>{html.escape(cell)}</td>" for cell in _cells(point))
    return f"<tr{' class=best' * strong}>{cells}</tr>"


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
    return [_list(notes)] if notes else []


def _list(lines: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{html.escape(line)}</li>" for line in lines) + "</ul>"
