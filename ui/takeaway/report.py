"""A run as ONE self-contained HTML file: opens offline, plays the videos locked together, tells of each step.

What it says is put together here, its markup is report.html.jinja; the plot, the steps and the player are the
page's own modules, written into the file. Nothing is fetched, and the file's own policy forbids it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from teacache.runs.stored import StoredRun
from teacache.study.html import filled
from teacache.study.plot.empty import BY_RULE
from ui.base import inline, scripts
from ui.player import player
from ui.screen import columns, state
from ui.screen.lanes import spent, unit_of
from ui.screen.shown import ShownRun, has_files
from ui.takeaway import report_tables as tables
from ui.takeaway.embedded import picture_of, sound_of, video_of
from ui.takeaway.written import moment
from ui.words import texts
from ui.words.texts import local

HERE = Path(__file__).resolve().parent
STYLES = ("base/style", "plot/plot", "board/board", "player/player", "whatif/whatif", "takeaway/report")
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline' data:; "
    "media-src blob: data:; img-src data:; connect-src data:"  # a sound is fetched to be decoded
)


def page(run: ShownRun, language: str) -> str:
    """The report of a StoredRun or an UploadedRun, in one of the page's languages (else English)."""
    words = texts.texts(language)
    locale = language if language in texts.LANGUAGES else "en"
    beside = (tables.settings(run, words), tables.environment(run, words), tables.rivals(run, words))
    return filled(
        HERE / "report.html.jinja",
        language=locale,
        policy=_POLICY,
        title=f"TeaCache · {run.request.prompt or run.run_id}",
        style=_texts([scripts.UI / f"{name}.css" for name in STYLES]),
        words=words,
        over=f"TeaCache Explorer · {words['report_title']}",
        heading=run.request.prompt or run.run_id,
        line=_line(run, words),
        figures=_figures(run, words),
        legend=_legend(run, words),
        player=run.folder is not None,
        beside=[table for table in beside if table is not None],
        schedule=tables.schedule(run, words),
        decisions=tables.decisions(run, words),
        data=_data_of(run),
        code=_code(locale, words),
    )


def _data_of(run: ShownRun) -> str:
    """What the scripts read, as JSON; `<` is written so that no text can end the element."""
    phase = "recorded" if run.folder else "uploaded"
    data: dict[str, Any] = {"board": columns.packed_board(board(run, phase)), "player": None}
    if has_files(run):
        kind, file = picture_of(run) if run.pictures else ("video/mp4", video_of(run))
        data["player"] = player.finished(run) | {"links": [], "src": ""}
        data["shown"] = _address_of(kind, file)
        if run.sounds:
            data["player"]["sounds"] = [_address_of(*sound_of(place)) for place in run.sounds]
    return json.dumps(data, allow_nan=False).replace("<", "\\u003c")


def _code(language: str, words: dict[str, str]) -> str:
    """The page's scripts, with the texts of one language."""
    shared = scripts.module_of(scripts.shared(words, language))
    return inline.script("takeaway/report.js", {scripts.SHARED: shared})


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
        latent_free=run.cached.latent_free,
        figures=state.figures(run) if run.fidelity is not None else None,
        about=state.about(run.cached),
    )


def _address_of(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _line(run: ShownRun, words: dict[str, str]) -> str:
    """Which run it is."""
    request = run.request
    parts = [
        request.model,
        f"{words['seed']} {request.seed}",
        f"{words['steps']} {run.cached.steps}",
        moment(run.created),
    ]
    return " · ".join(str(part) for part in parts if part)


def _legend(run: ShownRun, words: dict[str, str]) -> list[tuple[str, str]]:
    """What the plot has, by its colour's name and in words."""
    measured = any(record.output_distance is not None for record in run.uncached.records)
    by_rule = any(record.reason in BY_RULE for record in run.cached.records)
    own = any(r.output_distance_exact and r.output_distance is not None for r in run.cached.records)
    keys = [
        ("estimate", "legend_est", True),
        ("actual", "legend_actual", measured),
        ("this", "legend_this", own),
        ("computed", "legend_computed", True),
        ("reused", "legend_reused", True),
        ("forced", "legend_forced", by_rule),
    ]
    named = [(kind, words[key]) for kind, key, drawn in keys if drawn]
    faint = words["legend_faint"]
    return named + [("faint", faint.replace("{branch}", name)) for name in _second(run, words)]


def _second(run: ShownRun, words: dict[str, str]) -> list[str]:
    """What the second branch of guidance is called, where there is one."""
    branches = list(dict.fromkeys(record.stream for record in run.cached.records))
    return [words.get(f"branch_{name}", name) for name in branches[1:2]]


def _figures(run: ShownRun, words: dict[str, str]) -> list[tuple[str, str]]:
    """The figures as they are written, and what they are called."""
    computed, calls = spent(run.cached)
    rows = [
        (f"δ {run.cached.settings.threshold:.4g}", words["threshold"]),
        (f"{computed} / {calls}", words[unit_of(run.cached)]),
        (f"{run.ideal_speedup:.2f}×", words["fig_ideal"]),
    ]
    if run.fidelity is not None:
        rows += [
            _speedup(run, words),
            *((text, name) for name, text in tables.nearness(run.fidelity, words)),
        ]
    return [(local(text, words), name) for text, name in rows]


def _speedup(run: ShownRun, words: dict[str, str]) -> tuple[str, str]:
    """The measured speedup and what it is called; marked where it is not what the clock said."""
    speed = run.speed
    if speed is None:
        return words["not_timed"], words["fig_measured"]
    text = "–" if speed.believed is None else f"{speed.believed:.2f}×"
    if speed.disturbed:
        return "≈" * (
            speed.believed is not None
        ) + text, f"{words['fig_measured']} ({words['disturbed_estimate']})"
    earlier = f" ({words['earlier_mark']})" if run.baseline_reused else ""
    return text, words["fig_measured"] + earlier
