"""The document of a sweep, and what it fetches of one run: figures are the study's, words the page's."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from teacache.study.figures import frontier, spread
from teacache.study.figures.run import figure as figure_of
from teacache.study.sweep.curves import curves, levels
from teacache.study.sweep.rows import Row, judged
from teacache.study.sweep.summary import points
from teacache.study.sweep.text import title_of
from ui.base.aside import number_in, style_of, words_in
from ui.sweeps.shelf import Shelf

HERE = Path(__file__).parent


def words(language: str) -> dict[str, str]:
    """The page's texts in one language, else in English."""
    return words_in(HERE, language)


def document(shelf: Shelf, name: str, language: str, plotly: str) -> str:
    """The page of a sweep; `plotly` is the address of its script. Raises StoreError."""
    said, rows = words(language), shelf.rows(name)
    record = shelf.record(name)
    setup = record["setup"]
    title = f"{said['title']}: {record.get('title') or setup['model']}"
    extent = said["extent"].format(
        steps=setup["steps"],
        guidance=number_in(language, f"{setup['guidance_scale']:g}"),
        prompts=len({row.index for row in rows}),
        runs=len(judged(rows)),
    )
    data = json.dumps({"figures": _figures(rows, said), "words": said, "name": name}).replace("<", "\\u003c")
    code = (HERE / "sweeps.js").read_text(encoding="utf-8")
    return f"""<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{html.escape(title)}</title><style>{style_of(HERE)}</style>
<script src="{html.escape(plotly)}"></script></head>
<body><main><nav><a href="../../">{html.escape(said["back"])}</a> {_others(shelf, name)}</nav>
<h1>{html.escape(title)}</h1><p>{html.escape(extent)}</p>
<h2>{html.escape(said["frontier"])}</h2><div id="frontier" class="figure"></div>
<h2 id="method"></h2><div id="spread" class="figure"></div>
<section id="run" aria-live="polite"><p>{html.escape(said["pick"])}</p></section>
<p><a href="{html.escape(name)}/table.parquet">{html.escape(said["table"])}</a></p></main>
<script type="application/json" id="data">{data}</script><script>{code}</script></body></html>
"""


def run(shelf: Shelf, name: str, key: str, language: str) -> dict[str, Any]:
    """What is shown of one run, as JSON values. Raises StoreError."""
    said = words(language)
    row, uncached = shelf.row(name, key)
    trace, reference = shelf.trace(name, row), shelf.trace(name, uncached)
    method = title_of(row.method)
    text = said["run"].format(
        method=method,
        knob=number_in(language, f"{row.knob:.4g}"),
        computed=row.computed,
        calls=row.calls,
        share=number_in(language, f"{100 * row.share:.0f} %"),
        psnr=number_in(language, f"{row.psnr:.1f}"),
        ssim=number_in(language, f"{row.ssim:.4f}"),
    )
    drawn = trace if trace and any(record.reason != "off" for record in trace.records) else None
    return {
        "prompt": row.prompt,
        "text": text,
        "videos": said["videos"].format(method=method),
        "figure": json.loads(figure_of(drawn, reference).to_json()) if drawn else None,
        "trace": trace is not None,
    }


def _figures(rows: Sequence[Row], said: dict[str, str]) -> dict[str, Any]:
    found = points(rows)
    methods = list(dict.fromkeys(point.method for point in found))
    spreads = {
        method: spread(
            levels(rows, method),
            x=said["knob"].format(method=title_of(method)),
            y=said["psnr"],
            place=place,
        )
        for place, method in enumerate(methods)
    }
    return {
        "frontier": json.loads(frontier(curves(found), x=said["fewer"], y=said["psnr"]).to_json()),
        "spreads": {method: json.loads(drawn.to_json()) for method, drawn in spreads.items()},
        "titles": {method: title_of(method) for method in methods},
    }


def _others(shelf: Shelf, name: str) -> str:
    """Links to the other sweeps."""
    links = (
        f'<a href="{html.escape(other)}">{html.escape(other)}</a>' for other in shelf.names() if other != name
    )
    return " ".join(links)
