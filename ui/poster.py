"""What is on screen before Gradio has begun: the recorded run as plain HTML, laid where the page draws it.

Goes out with the first page and gives way to the page's own board as soon as that is drawn (drawn.js). Draws
what ui/static/sketch.js draws, less the numbers on the axes, so that the eye finds the same run in the same
place. Knows the state of a run as the board gets it.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from ui.constants import BY_RULE
from ui.texts import LANGUAGES, local, texts

_FOLDER = Path(__file__).parent / "static" / "head"
_UPPER, _LOWER = (0.57, 1.0), (0.0, 0.41)  # shares of the plot's height, as static/axes.js has them
_STEP, _HIGH = 20, 1000  # a step's width and the plot's height in the drawing's own units


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
<div class="head"><b>{escape(words["title"])}</b><span>{escape(words["headline"])}</span></div>
<div class="page"><div class="left">
<div class="threshold"><span>{escape(words["threshold"])}</span><b>{delta}</b></div>{"<div></div>" * 4}</div>
<div class="right"><div class="figures">{_figures(board, words)}</div><p class="line">{escape(said)}</p>
<div class="plot">{_plot(board, words)}{_strip(board)}</div>
<div class="lower"><div class="player">{video}</div><div class="rivals"></div></div></div></div></div>
<script>{script}</script>"""


def _figures(board: dict[str, Any], words: dict[str, str]) -> str:
    computed, figures = board["cached"]["computed"], board["figures"]
    shown = {
        "fig_steps": f"{sum(computed)} / {len(computed) - sum(computed)}",
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
    """As static/numbers.js writes it: what the calls say, marked, where the machine was disturbed."""
    shown = figures["byMedians"] if figures["disturbed"] else figures["measured"]
    return "–" if shown is None else f"{'≈' * bool(figures['disturbed'])}{shown:.2f}×"


def _plot(board: dict[str, Any], words: dict[str, str]) -> str:
    """Both lines above; the sums and the threshold below. The axes end where static/axes.js lets them end."""
    base, columns, delta = board["uncached"], board["cached"], board["controls"]["threshold"]
    sums, wide = columns["acc"], board["steps"] * _STEP
    upper = 1.08 * max([*_known(base["out"]), *_known(columns["est"])], default=0.1)
    lower = max(min(1.1 * max(_known(sums), default=0), 3 * delta), 1.25 * delta, 1e-3)
    drawn = [
        _line("actual", base["step"], base["out"], upper),
        _line("estimate", columns["step"], columns["est"], upper),
        *(_bar(*call, lower) for call in zip(columns["step"], sums, columns["computed"], strict=True)),
        f'<path class="delta" d="M0 {_y(_LOWER, delta / lower)}H{wide}"/>',
    ]
    titles = f"<span>{escape(words['plot_change'])}</span><span>{escape(words['plot_sum'])}</span>"
    svg = f'<svg viewBox="0 0 {wide} {_HIGH}" preserveAspectRatio="none">{"".join(drawn)}</svg>'
    return f'<div class="curves">{titles}{svg}</div>'


def _line(kind: str, steps: Sequence[int], values: Sequence[float | None], end: float) -> str:
    known = ((step, value) for step, value in zip(steps, values, strict=True) if value is not None)
    points = " ".join(f"{(step + 0.5) * _STEP:.0f},{_y(_UPPER, value / end)}" for step, value in known)
    return f'<polyline class="{kind}" points="{points}"/>'


def _bar(step: int, value: float | None, computed: int, end: float) -> str:
    top, kind = _y(_LOWER, (value or 0) / end), "computed" if computed else "reused"
    place = f'x="{(step + 0.11) * _STEP:.1f}" width="{0.78 * _STEP:.1f}" y="{top}" height="{_HIGH - top}"'
    return f'<rect class="{kind}" {place}/>'


def _y(domain: tuple[float, float], share: float) -> int:
    low, high = domain
    return round(_HIGH * (1 - low - (high - low) * min(max(share, 0), 1)))


def _strip(board: dict[str, Any]) -> str:
    calls = zip(board["cached"]["computed"], board["cached"]["reason"], strict=True)
    return f'<div class="strip">{"".join(f"<i class={_kind(*call)}></i>" for call in calls)}</div>'


def _kind(computed: int, reason: str) -> str:
    return "reused" if not computed else "forced" if reason in BY_RULE else "computed"


def _known(values: Sequence[float | None]) -> list[float]:
    return [value for value in values if value is not None]
