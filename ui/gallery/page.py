"""The gallery's document: clip, words and figures of every public run. No script; words of its own."""

from __future__ import annotations

import html
from collections.abc import Iterable
from pathlib import Path

from teacache.runs.stored import StoredRun
from ui.base.aside import number_in, style_of, words_in
from ui.screen.state import nearness

HERE = Path(__file__).parent


def words(language: str) -> dict[str, str]:
    """The page's texts in one language, else in English."""
    return words_in(HERE, language)


def document(runs: Iterable[StoredRun], language: str) -> str:
    """The whole page; addresses are relative, so that it also holds behind a proxy with a path."""
    said = words(language)
    cards = "\n".join(_card(run, said, language) for run in runs)
    body = f"<ul>{cards}</ul>" if cards else f"<p>{html.escape(said['none'])}</p>"
    return f"""<!doctype html>
<html lang="{html.escape(language)}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{html.escape(said["title"])}</title>
<style>{style_of(HERE)}</style></head>
<body><main><nav><a href="..">{html.escape(said["back"])}</a></nav>
<h1>{html.escape(said["title"])}</h1><p>{html.escape(said["about"])}</p>
{body}</main></body></html>
"""


def _card(run: StoredRun, said: dict[str, str], language: str) -> str:
    folder = f"runs/{html.escape(run.run_id)}"
    prompt = html.escape(run.request.prompt)
    figures = said["figures"].format(
        model=run.request.model,
        computed=run.cached.computed_calls,
        calls=len(run.cached.records),
        speedup=number_in(language, f"{run.ideal_speedup:.1f}"),
        near=_near(run, said, language),
    )
    return f"""<li>{_shown(run, folder, prompt)}
<p class="prompt"><a href="../?run={html.escape(run.run_id)}">{prompt}</a></p>
<p>{html.escape(figures)}</p></li>"""


def _shown(run: StoredRun, folder: str, prompt: str) -> str:
    """The clip, picture or picture of a sound: without the cache on the left, with it on the right."""
    name = run.shown[0].name
    if name.endswith(".png"):
        return f'<img src="{folder}/{name}" alt="{prompt}" loading="lazy">'
    return (
        f'<video src="{folder}/{name}" aria-label="{prompt}" controls muted loop preload="metadata"></video>'
    )


def _near(run: StoredRun, said: dict[str, str], language: str) -> str:
    if run.fidelity.identical:
        return said["identical"]
    found = nearness(run.fidelity)
    name, value = ("psnr", found["psnr"]) if found.get("psnr") is not None else ("snr", found["sound"]["snr"])
    return said[name].format(value=number_in(language, f"{value:.1f}"))
