"""A run as ONE self-contained HTML file: opens offline, plays the videos locked together, tells of each step.

The markup and the tables are made here; the plot, the steps and the player are the page's own modules,
written into the file. Nothing is fetched, and the file's own policy forbids it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

from teacache.runs.stored import StoredRun
from ui.base import inline, scripts
from ui.player import player
from ui.screen import columns, state
from ui.screen.shown import ShownRun, has_files
from ui.takeaway import report_tables as tables
from ui.takeaway.embedded import picture_of, sound_of, video_of
from ui.takeaway.written import moment
from ui.words import texts
from ui.words.texts import local

HERE = Path(__file__).resolve().parent
STYLES = ("base/style", "whatif/whatif", "takeaway/report")
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline' data:; "
    "media-src blob: data:; img-src data:; connect-src data:"  # a sound is fetched to be decoded
)


def page(run: ShownRun, language: str) -> str:
    """The report of a StoredRun or an UploadedRun, in one of the page's languages (else English)."""
    words = texts.texts(language)
    known = language if language in texts.LANGUAGES else "en"
    title = f"TeaCache · {run.request.prompt or run.run_id}"
    body = [
        _head(run, words),
        _tiles(run, words),
        _plot(run, words),
        '<div id="player"></div>' if run.folder else "",
        '<div class="columns">',
        tables.settings(run, words),
        tables.environment(run, words),
        tables.rivals(run, words),
        "</div>",
        tables.schedule(run, words),
        tables.decisions(run, words),
    ]
    return _document(title, known, "\n".join(body), _script(run, known, words))


def _document(title: str, language: str, body: str, script: str) -> str:
    style = _texts([scripts.UI / f"{name}.css" for name in STYLES])
    return f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>{escape(title)}</title>
<style>
{style}
</style>
</head>
<body>
<main class="tc-root tc-report">
{body}
</main>
{script}
</body>
</html>
"""


def _script(run: ShownRun, language: str, words: dict[str, str]) -> str:
    """The data, then the page's scripts; `<` is written so that no text can end the element."""
    phase = "recorded" if run.folder else "uploaded"
    data: dict[str, Any] = {"board": columns.packed_board(board(run, phase)), "player": None}
    if has_files(run):
        kind, shown = picture_of(run) if run.pictures else ("video/mp4", video_of(run))
        data["player"] = player.finished(run) | {"links": [], "src": ""}
        data["shown"] = _data(kind, shown)
        if run.sounds:
            data["player"]["sounds"] = [_data(*sound_of(place)) for place in run.sounds]
    facts = json.dumps(data, allow_nan=False).replace("<", "\\u003c")
    known = scripts.module_of(scripts.shared(words, language))
    code = inline.script("takeaway/report.js", {scripts.SHARED: known})
    return f'<script type="application/json" id="data">{facts}</script>\n{code}'


def _texts(paths: Iterable[Path]) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def board(run: ShownRun, phase: str) -> dict[str, Any]:
    """The state of the figures and the plot, of a stored or an uploaded run."""
    if isinstance(run, StoredRun):
        return state.stored_board(run, phase=phase)
    return state.board(
        run_id=run.run_id,
        phase=phase,
        settings=run.cached.settings,
        steps=run.cached.steps,
        calls=len(run.cached.records),
        uncached=run.uncached.records,
        cached=run.cached.records,
        figures=state.figures(run) if run.fidelity is not None else None,
        about=state.about(run.cached),
    )


def _data(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _head(run: ShownRun, words: dict[str, str]) -> str:
    request = run.request
    rows = [
        request.model,
        f"{words['seed']} {request.seed}",
        f"{words['steps']} {run.cached.steps}",
        moment(run.created),
    ]
    line = " · ".join(str(part) for part in rows if part)
    over = f"TeaCache Explorer · {words['report_title']}"
    title = request.prompt or run.run_id
    return f"<header><p>{escape(over)}</p><h1>{escape(title)}</h1><p>{escape(line)}</p></header>"


def _plot(run: ShownRun, words: dict[str, str]) -> str:
    """Filled in by report.js."""
    label = escape(words["strip_label"])
    strip = f'<div id="strip" class="tc-strip" tabindex="0" role="group" aria-label="{label}"></div>'
    say = '<p class="tc-say" id="say" aria-live="polite"></p>'
    measured = any(record.output_distance is not None for record in run.uncached.records)
    own = any(r.output_distance_exact and r.output_distance is not None for r in run.cached.records)
    keys = [
        ("estimate", "legend_est", True),
        ("actual", "legend_actual", measured),
        ("this", "legend_this", own),
        ("computed", "legend_computed", True),
        ("reused", "legend_reused", True),
        ("forced", "legend_forced", True),
    ]
    names = "".join(
        f'<span><i class="tc-swatch {kind}"></i>{escape(words[key])}</span>'
        for kind, key, drawn in keys
        if drawn
    )
    legend = f'<div class="tc-legend">{names}</div>'
    return f'<section class="tc-card tc-plot-card">{legend}<div id="plot"></div>{strip}{say}</section>'


def _tiles(run: ShownRun, words: dict[str, str]) -> str:
    calls, computed = len(run.cached.records), run.cached.computed_calls
    shown = [
        (f"δ {run.cached.settings.threshold:.4g}", words["threshold"]),
        (f"{computed} / {calls}", words["fig_steps"]),
        (f"{run.ideal_speedup:.2f}×", words["fig_ideal"]),
    ]
    if run.fidelity is not None:
        shown += [
            _speedup(run, words),
            *((text, name) for name, text in tables.nearness(run.fidelity, words)),
        ]
    tiles = "".join(
        f'<div class="tc-fig"><b>{escape(local(a, words))}</b><span>{escape(b)}</span></div>'
        for a, b in shown
    )
    return f'<div class="tc-figures">{tiles}</div>'


def _speedup(run: ShownRun, words: dict[str, str]) -> tuple[str, str]:
    """The measured speedup and what it is called; marked where it is not what the clock said."""
    speed = run.speed
    if speed is None:
        return words["not_timed"], words["fig_measured"]
    text = "–" if speed.believed is None else f"{speed.believed:.2f}×"
    if speed.disturbed:
        return "≈" * (
            speed.believed is not None
        ) + text, f"{words['fig_measured']} ({words['disturbed_mark']})"
    earlier = f" ({words['earlier_mark']})" if run.baseline_reused else ""
    return text, words["fig_measured"] + earlier
