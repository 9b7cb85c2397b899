"""The document of a sweep, and what it fetches of one run: figures are the study's, words the page's."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from teacache.study.figures import frontier, spread
from teacache.study.figures.run import figure as figure_of
from teacache.study.html import filled
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
    texts, rows = words(language), shelf.rows(name)
    record = shelf.record(name)
    setup = record["setup"]
    data = json.dumps({"figures": _figures(rows, texts), "words": texts, "name": name})
    return filled(
        HERE / "sweeps.html.jinja",
        language=language,
        name=name,
        title=f"{texts['title']}: {record.get('title') or setup['model']}",
        extent=texts["extent"].format(
            steps=setup["steps"],
            guidance=number_in(language, f"{setup['guidance_scale']:g}"),
            prompts=len({row.index for row in rows}),
            runs=len(judged(rows)),
        ),
        texts=texts,
        others=[other for other in shelf.names() if other != name],
        plotly=plotly,
        style=style_of(HERE),
        data=data.replace("<", "\\u003c"),
        script=(HERE / "sweeps.js").read_text(encoding="utf-8"),
    )


def run(shelf: Shelf, name: str, key: str, language: str) -> dict[str, Any]:
    """What is shown of one run, as JSON values. Raises StoreError."""
    texts = words(language)
    row, uncached = shelf.row(name, key)
    trace, reference = shelf.trace(name, row), shelf.trace(name, uncached)
    method = title_of(row.method)
    text = texts["run"].format(
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
        "videos": texts["videos"].format(method=method) if shelf.clips(name, row, uncached) else None,
        "figure": json.loads(figure_of(drawn, reference).to_json()) if drawn else None,
        "trace": trace is not None,
    }


def _figures(rows: Sequence[Row], texts: dict[str, str]) -> dict[str, Any]:
    measured = points(rows)
    methods = list(dict.fromkeys(point.method for point in measured))
    spreads = {
        method: spread(
            levels(rows, method),
            x=texts["knob"].format(method=title_of(method)),
            y=texts["psnr"],
            place=place,
        )
        for place, method in enumerate(methods)
    }
    return {
        "frontier": json.loads(frontier(curves(measured), x=texts["fewer"], y=texts["psnr"]).to_json()),
        "spreads": {method: json.loads(drawn.to_json()) for method, drawn in spreads.items()},
        "titles": {method: title_of(method) for method in methods},
    }
