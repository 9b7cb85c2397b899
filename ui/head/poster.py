"""What is on screen before Gradio has begun: the recorded run as plain HTML, laid where the page draws it.

Goes out with the first page and gives way to the page's own board as soon as that is drawn (drawn.js). It
shows what Simple shows, so that the eye finds the same run in the same place; Lab begins without it. Knows
the state of a run as the board gets it.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

from ui.base.constants import BY_RULE
from ui.words.texts import LANGUAGES, local, texts

_FOLDER = Path(__file__).parent


def posters(board: dict[str, Any], player: dict[str, Any]) -> dict[str, str]:
    """Language -> the first screen of a finished run of one branch, as HTML to be put into the body."""
    return {language: _poster(board, player, texts(language), language) for language in LANGUAGES}


def _poster(board: dict[str, Any], player: dict[str, Any], words: dict[str, str], language: str) -> str:
    style = (_FOLDER / "poster.css").read_text(encoding="utf-8")
    script = (_FOLDER / "poster.js").read_text(encoding="utf-8")
    said = words["line_recorded"].replace("{device}", board["about"]["device"])
    video = f'<video src="{escape(player["src"])}" muted playsinline preload="auto"></video>'
    delta = local(f"{board['controls']['threshold']:.3g}", words)
    tongues = f'data-language="{language}" data-languages="{" ".join(LANGUAGES)}"'
    return f"""<div id="tc-poster" aria-hidden="true" {tongues}><style>{style}</style>
<div class="head"><b>{escape(words["title"])}</b><p>{escape(words["origin"])} <i>{_links(words)}</i></p></div>
<div class="page"><div class="figures">{_figures(board, words)}</div><p class="line">{escape(said)}</p>
<div class="mechanism"></div><div class="steps">{_strip(board)}</div>
<div class="threshold"><div><span>{escape(words["threshold"])}</span><b>{delta}</b></div><i></i></div>
<div class="lower"><div class="player">{video}</div><div class="making"><div></div><div></div></div></div>
</div></div>
<script>{script}</script>"""


def _links(words: dict[str, str]) -> str:
    return " ".join(
        f"<span>{escape(words[name])}</span>" for name in ("take_paper", "take_authors", "take_cite")
    )


def _figures(board: dict[str, Any], words: dict[str, str]) -> str:
    computed, figures = board["cached"]["computed"], board["figures"]
    shown = {
        "fig_steps": f"{sum(computed)} / {len(computed)}",
        "fig_ideal": f"{figures['ideal']:.2f}×",
        "fig_measured": _speedup(figures),
        "fig_psnr": f"{figures['psnr']:.1f} dB",
        "fig_ssim": f"{figures['ssim']:.4f}",
    }
    tiles = {name: local(text, words) for name, text in shown.items()}
    tiles["fig_state"] = words["state_recorded"]
    pairs = ((escape(text), escape(words[name])) for name, text in tiles.items())
    return "".join(f"<div><b>{text}</b><span>{name}</span></div>" for text, name in pairs)


def _speedup(figures: dict[str, Any]) -> str:
    """As words/numbers.js writes it: what the calls say, marked, where the machine was disturbed."""
    shown = figures["byMedians"] if figures["disturbed"] else figures["measured"]
    return "–" if shown is None else f"{'≈' * bool(figures['disturbed'])}{shown:.2f}×"


def _strip(board: dict[str, Any]) -> str:
    calls = zip(board["cached"]["computed"], board["cached"]["reason"], strict=True)
    return f'<div class="strip">{"".join(f"<i class={_kind(*call)}></i>" for call in calls)}</div>'


def _kind(computed: int, reason: str) -> str:
    return "reused" if not computed else "forced" if reason in BY_RULE else "computed"
