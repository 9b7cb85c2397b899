"""What pictures a page for `shots.py`: opens it in a state of rest and keeps what it looks like."""

from __future__ import annotations

from pathlib import Path
from typing import Any

SLOW = 120_000  # ms
SETTLE = 600  # ms: colours and places come to rest
OVERLAP = 90  # pixels that two pictures of a scrolled page share


class Camera:
    """One page of a view, and where its pictures go."""

    def __init__(self, page: Any, view: str, theme: str, out: Path):
        """`page`: Playwright's, still empty. `view`: how the pictures' names begin."""
        self.page, self.view, self.theme, self.out = page, view, theme, out
        page.set_default_timeout(SLOW)

    def open(self, query: str = "") -> None:
        """Lab at rest: plot, videos and model are there."""
        self.page.goto(f"/?__theme={self.theme}{query}")
        self.page.wait_for_selector(".tc-plot .scatterlayer path", state="attached")
        self.page.wait_for_selector(".tc-stage.filled", state="attached")  # out of sight for an audience
        self.page.wait_for_selector(".tc-chip.ready", state="attached")
        self.page.wait_for_function("Boolean(window.teacache)")

    def open_simple(self, query: str = "") -> None:
        """Simple at rest, which has no plot: videos, model and the clips of other thresholds are there."""
        self.page.goto(f"/?__theme={self.theme}&level=simple{query}")
        self.page.wait_for_selector(".tc-stage.filled")
        self.page.wait_for_selector(".tc-chip.ready", state="attached")
        self.page.wait_for_function("Boolean(window.teacache && teacache.currentFacts())")

    def shoot(self, name: str) -> None:
        """Picture the window as it stands."""
        self.page.wait_for_timeout(SETTLE)
        self.page.screenshot(path=self.out / f"{self.view}-{name}.png")

    def shoot_down(self, name: str) -> None:
        """Picture the page a window at a time, as a visitor scrolls through it."""
        height = self.page.viewport_size["height"] - OVERLAP - self._dock()
        end = self.page.evaluate("document.documentElement.scrollHeight")
        for number, top in enumerate(range(0, max(1, end - OVERLAP - self._dock()), height), start=1):
            self.page.evaluate("top => scrollTo(0, top)", top)
            self.shoot(f"{name}-{number}")
        self.page.evaluate("scrollTo(0, 0)")

    def _dock(self) -> int:
        fixed = "getComputedStyle(document.querySelector('#tc-buttons')).position === 'fixed'"
        return 76 if self.page.evaluate(fixed) else 0

    def run(self) -> None:
        """Press Run and wait for everything that follows."""
        self.page.click("#tc-run")
        self.page.wait_for_selector("body.tc-running")
        self.page.wait_for_selector("body:not(.tc-running)", timeout=SLOW)

    def fill(self, name: str, value: object) -> None:
        """Fill a box: prompt, seed, steps, guidance."""
        box = self.page.locator(f"#tc-{name} textarea, #tc-{name} input").first
        box.fill(str(value))
        box.blur()

    def see(self, selector: str) -> None:
        """Scroll to something."""
        self.page.locator(selector).first.scroll_into_view_if_needed()
