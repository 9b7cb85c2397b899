"""What is on screen before Gradio has begun: the recorded run as plain HTML, laid where the page draws it.

Goes out with the first page and gives way to the page's own board as soon as that is drawn (drawn.js). It
shows what Simple shows, so that the eye finds the same run in the same place; Lab begins without it. Knows
the state of a run as the board gets it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from teacache.study.html import filled
from ui.base.constants import BY_RULE
from ui.words.texts import LANGUAGES, local, ssim_text, texts

_FOLDER = Path(__file__).parent


def posters(board: dict[str, Any], player: dict[str, Any]) -> dict[str, str]:
    """Language -> the first screen of a finished run of one row of steps, as HTML to be put into the body."""
    return {language: _poster(board, player, texts(language), language) for language in LANGUAGES}


def _poster(board: dict[str, Any], player: dict[str, Any], words: dict[str, str], language: str) -> str:
    return filled(
        _FOLDER / "poster.html.jinja",
        language=language,
        languages=" ".join(LANGUAGES),
        style=(_FOLDER / "poster.css").read_text(encoding="utf-8"),
        script=(_FOLDER / "poster.js").read_text(encoding="utf-8"),
        words=words,
        threshold=local(f"{board['controls']['threshold']:.3g}", words),
        figures=_figures(board, words),
        seen=_seen(board, words),
        line=words["line_recorded"].replace("{device}", board["about"]["device"]),
        steps=[_kind(*step) for step in _steps(board)],
        video=player["src"],
    )


def _seen(board: dict[str, Any], words: dict[str, str]) -> str:
    computed = [flag for flag, _ in _steps(board)]
    reused = str(len(computed) - sum(computed))
    return words["line_seen"].replace("{reused}", reused).replace("{all}", str(len(computed)))


def _figures(board: dict[str, Any], words: dict[str, str]) -> list[tuple[str, str]]:
    """The figures as they are written, and what they are called."""
    computed, figures = [flag for flag, _ in _steps(board)], board["figures"]
    numbers = {
        "fig_steps": f"{sum(computed)} / {len(computed)}",
        "fig_ideal": f"{figures['ideal']:.2f}×",
        "fig_measured": _speedup(figures),
        "fig_psnr": f"{figures['psnr']:.1f} dB",
        "fig_ssim": ssim_text(figures["ssim"]),
    }
    tiles = {name: local(text, words) for name, text in numbers.items()}
    tiles["fig_state"] = words["state_recorded"]
    return [(text, words[name]) for name, text in tiles.items()]


def _steps(board: dict[str, Any]) -> list[tuple[int, str]]:
    """Whether each was computed, and why: as the first call has it, by which the others are decided too."""
    columns = board["cached"]
    calls = zip(columns["branch"], columns["computed"], columns["reason"], strict=True)
    return [(computed, reason) for branch, computed, reason in calls if branch == 0]


def _speedup(figures: dict[str, Any]) -> str:
    """As words/numbers.js writes it: what the calls say, marked, where the machine was disturbed."""
    speedup = figures["byMedians"] if figures["disturbed"] else figures["measured"]
    return "–" if speedup is None else f"{'≈' * bool(figures['disturbed'])}{speedup:.2f}×"


def _kind(computed: int, reason: str) -> str:
    return "reused" if not computed else "forced" if reason in BY_RULE else "computed"
