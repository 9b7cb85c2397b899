"""The gallery's document: clip, words and figures of every public run. No script; words of its own."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from teacache.runs.stored import StoredRun
from teacache.study.html import filled
from ui.base.aside import number_in, style_of, words_in
from ui.screen.state import nearness

HERE = Path(__file__).parent


def words(language: str) -> dict[str, str]:
    """The page's texts in one language, else in English."""
    return words_in(HERE, language)


def document(runs: Iterable[StoredRun], language: str) -> str:
    """The whole page; addresses are relative, so that it also holds behind a proxy with a path."""
    texts = words(language)
    return filled(
        HERE / "gallery.html.jinja",
        language=language,
        texts=texts,
        style=style_of(HERE),
        cards=[_card(run, texts, language) for run in runs],
    )


def _card(run: StoredRun, texts: dict[str, str], language: str) -> dict[str, Any]:
    """A run as the page shows it: without the cache on the left, with it on the right."""
    name = run.shown[0].name
    figures = texts["figures"].format(
        model=run.request.model,
        computed=run.cached.computed_calls,
        calls=len(run.cached.records),
        speedup=number_in(language, f"{run.ideal_speedup:.1f}"),
        near=_near(run, texts, language),
    )
    return {
        "run_id": run.run_id,
        "prompt": run.request.prompt,
        "figures": figures,
        "shown": f"runs/{run.run_id}/{name}",
        "picture": name.endswith(".png"),  # also of a sound
    }


def _near(run: StoredRun, texts: dict[str, str], language: str) -> str:
    if run.fidelity.identical:
        return texts["identical"]
    figures = nearness(run.fidelity)
    psnr = figures.get("psnr")
    name, value = ("snr", figures["sound"]["snr"]) if psnr is None else ("psnr", psnr)
    return texts[name].format(value=number_in(language, f"{value:.1f}"))
