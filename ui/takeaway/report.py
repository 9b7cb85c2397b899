"""A run as ONE self-contained HTML file: opens offline, plays the videos locked together, tells of each step.

The markup and the tables are made here; the plot, the steps and the player are the page's own modules,
written into the file. Nothing is fetched, and the file's own policy forbids it.
"""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from teacache.runs.comparison import SoundFidelity
from teacache.runs.stored import StoredRun
from ui.base import inline, scripts
from ui.player import player
from ui.screen import columns, same_cost, state
from ui.screen.same_cost_rows import rivals
from ui.screen.shown import ShownRun, has_files
from ui.takeaway.embedded import picture_of, sound_of, video_of
from ui.takeaway.schedule import forms
from ui.takeaway.written import moment, number, written
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
        _table(words["report_settings"], _settings(run, words)),
        _table(words["report_environment"], _environment(run, words)),
        _rivals(run, words),
        "</div>",
        _schedule(run, words),
        _decisions(run, words),
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
<title>{_text(title)}</title>
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
    data = {"board": columns.packed_board(board(run, phase)), "player": None}
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
    said = [
        request.model,
        f"{words['seed']} {request.seed}",
        f"{words['steps']} {run.cached.steps}",
        moment(run.created),
    ]
    line = " · ".join(str(part) for part in said if part)
    over = f"TeaCache Explorer · {words['report_title']}"
    title = request.prompt or run.run_id
    return f"<header><p>{_text(over)}</p><h1>{_text(title)}</h1><p>{_text(line)}</p></header>"


def _plot(run: ShownRun, words: dict[str, str]) -> str:
    """Filled in by report.js."""
    label = _text(words["strip_label"])
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
        f'<span><i class="tc-swatch {kind}"></i>{_text(words[key])}</span>'
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
            *((text, name) for name, text in _nearness(run.fidelity, words)),
        ]
    tiles = "".join(
        f'<div class="tc-fig"><b>{_text(local(a, words))}</b><span>{_text(b)}</span></div>' for a, b in shown
    )
    return f'<div class="tc-figures">{tiles}</div>'


def _speedup(run: ShownRun, words: dict[str, str]) -> tuple[str, str]:
    """The measured speedup and what it is called; marked where it is not what the clock said."""
    found = run.speed
    if found is None:
        return words["not_timed"], words["fig_measured"]
    shown = "–" if found.believed is None else f"{found.believed:.2f}×"
    if found.disturbed:
        return "≈" * (
            found.believed is not None
        ) + shown, f"{words['fig_measured']} ({words['disturbed_mark']})"
    earlier = f" ({words['earlier_mark']})" if run.baseline_reused else ""
    return shown, words["fig_measured"] + earlier


def _nearness(fidelity: Any, words: dict[str, str]) -> list[tuple[str, str]]:
    """The figures of a clip or of a sound: name, then what it is."""
    if isinstance(fidelity, SoundFidelity):
        return [
            (words["fig_snr"], f"{fidelity.snr:.1f} dB"),
            (words["fig_lsd"], f"{fidelity.log_spectral:.2f} dB"),
            ("MR-STFT", f"{fidelity.stft:.3f}"),
        ]
    lpips = [] if fidelity.lpips is None else [("LPIPS", f"{fidelity.lpips:.4f}")]
    return [
        (words["fig_psnr"], f"{fidelity.psnr:.1f} dB"),
        (words["fig_ssim"], f"{fidelity.ssim:.4f}"),
        *lpips,
    ]


def _settings(run: ShownRun, words: dict[str, str]) -> list[tuple[str, str]]:
    return _named(run.cached.settings.to_json(), words)


def _environment(run: ShownRun, words: dict[str, str]) -> list[tuple[str, str]]:
    request = run.request
    asked = {
        "run": run.run_id, "model": request.model, "pipeline": run.cached.pipeline, "seed": request.seed,
        "steps": run.cached.steps, "guidance_scale": request.guidance_scale,
        **_extent(run),
    }  # fmt: skip
    return _named(asked | run.cached.environment, words)


def _extent(run: ShownRun) -> dict[str, Any]:
    """The size of a clip, or the length of a sound."""
    if run.request.seconds is not None:
        return {"seconds": run.request.seconds}
    return {"size": "×".join(str(side) for side in run.request.size if side)}


def _named(values: dict[str, Any], words: dict[str, str]) -> list[tuple[str, str]]:
    """Values by what they are; a package's name is the same in every language."""
    return [(words.get(f"field_{name}", name), written(value, words)) for name, value in values.items()]


def _rivals(run: ShownRun, words: dict[str, str]) -> str:
    if not isinstance(run, StoredRun):
        return ""
    found = rivals(run.run_id, run, run.rivals)["rows"]
    near = [dict(_nearness(one, words)) for one in (run.fidelity, *(rival.fidelity for rival in run.rivals))]
    names = [name for name in near[0] if all(name in figures for figures in near)]
    rows = [
        (
            same_cost.title(row["name"], words),
            f"{row['computed']}/{row['calls']}",
            _seconds(row, words),
            *(
                local(figures[name].removesuffix(" dB"), words) for name in names
            ),  # a unit would break a number
        )
        for row, figures in zip(found, near, strict=True)
    ]
    head = ("", words["col_computed"], words["col_seconds"], *names)
    return _table(words["rivals_title"], rows, head)


def _seconds(row: dict[str, Any], words: dict[str, str]) -> str:
    if row["seconds"] is None:
        return "–"
    return local(f"{row['seconds']:.2f}", words) + f" ({words['disturbed_word']})" * row["disturbed"]


def _schedule(run: ShownRun, words: dict[str, str]) -> str:
    made = forms(run.cached)
    rows = [
        (words["take_bits"], made["bits"]),
        (words["take_steps"], ", ".join(str(step + 1) for step in made["computed_steps"])),
        (words["take_mask"], str(made["cache_dit"]["steps_computation_mask"])),
    ]
    return _table(words["take_schedule"], rows, code=True)


def _decisions(run: ShownRun, words: dict[str, str]) -> str:
    """Every call, counted from 1, with the change of the same call in the uncached run, as on the page."""
    head = ("call", "step", "branch", "timestep", "indicator", "estimate", "sum", "actual")
    actual = {(r.step, r.stream): r.output_distance for r in run.uncached.records}
    rows = [
        (
            r.call + 1, r.step + 1, words.get("branch_" + r.stream, r.stream),
            local(f"{r.timestep:.6g}", words),
            *(local(number(value), words) for value in (
                r.indicator_distance, r.estimated_distance, r.accumulated_distance,
                actual.get((r.step, r.stream)),
            )),
            words["legend_computed" if r.computed else "legend_reused"], words["reason_" + r.reason],
        )
        for r in run.cached.records
    ]  # fmt: skip
    named = [*(words["calls_" + name] for name in head), words["report_decision"], words["report_reason"]]
    return f"<details open>{_table(words['report_decisions'], rows, named, summary=True)}</details>"


def _table(
    title: str,
    rows: Iterable[Iterable[Any]],
    head: Iterable[str] = (),
    *,
    code: bool = False,
    summary: bool = False,
) -> str:
    """A table with its heading; the first cell of a row names it."""
    heads = "".join(f'<th scope="col">{_text(name)}</th>' for name in head)
    lines = "".join(
        f'<tr><th scope="row">{_text(first)}</th>' + "".join(f"<td>{_text(v)}</td>" for v in rest) + "</tr>"
        for first, *rest in rows
    )
    heading = f"<summary><h2>{_text(title)}</h2></summary>" if summary else f"<h2>{_text(title)}</h2>"
    kind = ' class="code"' if code else ""
    thead = f"<thead><tr>{heads}</tr></thead>" if heads else ""
    table = f'<div class="scroll"><table{kind}>{thead}<tbody>{lines}</tbody></table></div>'
    return heading + table if summary else f"<section>{heading}{table}</section>"


def _text(value: Any) -> str:
    return html.escape(str(value))
