"""Whether a change of the page slows the runs beside it: the pages of two checkouts, in turns, one Chromium.

Both use this one's packages and models, and each its own `app.py`. Knows a page as `benchmarks.page` does.
"""

from __future__ import annotations

from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import chrome, page
from benchmarks.runner import MODEL
from benchmarks.table import Row
from tools.serving import ROOT, free_port, served

SETTLED_MS = 3000  # after which a page that was just opened does nothing by itself


def row(other: Path, *, repeats: int) -> Row:
    """Seconds of both runs of a comparison, pressed on our page, over those pressed on the other's."""
    with TemporaryDirectory() as folder, chrome.browser() as chromium:
        ours = _Page(chromium, ROOT, Path(folder) / "ours")
        theirs = _Page(chromium, other, Path(folder) / "theirs")
        with ours, theirs:
            _, *ratios = [_ratio(ours, theirs, seed) for seed in range(repeats + 1)]  # the first warms up
    low, _, high = quantiles(ratios)
    return Row(
        name=f"run with the page open, over that of {other.name}",
        value=100 * (median(ratios) - 1),
        unit="% slower",
        goal=3,
        note=f"{repeats} pairs, middle half {100 * (low - 1):+.1f} to {100 * (high - 1):+.1f} %",
    )


def _ratio(ours: _Page, theirs: _Page, seed: int) -> float:
    """Who goes first changes from pair to pair."""
    order = [ours, theirs] if seed % 2 else [theirs, ours]
    seconds = {which: which.run(seed) for which in order}
    return seconds[ours] / seconds[theirs]


class _Page:
    """The page of one checkout, served by it; open only while it runs."""

    def __init__(self, chromium: Any, root: Path, place: Path):
        place.mkdir()
        self._chromium, self._runs, self._port = chromium, place / "runs", free_port()
        command = page.app(self._port, self._runs, model=MODEL)
        self._server = served(command, self._port, place / "server.log", root=root)
        self._made = 0

    def __enter__(self) -> None:
        self._address = self._server.__enter__()

    def __exit__(self, *error: Any) -> None:
        self._server.__exit__(*error)

    def run(self, seed: int) -> float:
        """Open it as a visitor would, press Run, close it; seconds of denoising."""
        shown = chrome.new_page(self._chromium)
        shown.goto(self._address)
        shown.wait_for_function("() => window.Plotly")
        shown.wait_for_timeout(SETTLED_MS)
        shown.fill("#tc-steps input", str(page.WATCHED_STEPS))
        run = page.click_run(shown, self._runs, seed, known=self._made)
        shown.context.close()
        self._made += 1
        return page.denoising(run)
