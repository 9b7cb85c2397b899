"""The report as it is read and printed: nothing cut, no number broken, marks as on the page."""

from __future__ import annotations

import pytest

from ui.library.library import Library
from ui.takeaway import report

BROKEN = """() => [...document.querySelectorAll('.columns table:has(thead) td')]
  .filter((cell) => cell.getClientRects().length > 1 || cell.clientHeight > 32)
  .map((cell) => cell.textContent)"""
CUT = """() => [...document.querySelectorAll('.scroll, .tc-fig span')]
  .filter((part) => part.scrollWidth > part.clientWidth)
  .map((part) => part.textContent.slice(0, 40))"""


@pytest.fixture
def written(browser, tmp_path):
    """A page of 1100x900 without a network that shows the first recorded run's report in a language."""
    context = browser.new_context(offline=True, viewport={"width": 1100, "height": 900})

    def write(language):
        file = tmp_path / f"report-{language}.html"
        file.write_text(report.page(Library(tmp_path / "runs").recorded[0], language), encoding="utf-8")
        page = context.new_page()
        page.goto(file.as_uri())
        page.wait_for_selector("#plot rect.reused", state="attached")
        return page

    yield write
    context.close()


@pytest.mark.parametrize("language", ["en", "de"])
def test_nothing_is_cut_and_no_number_is_broken(written, language):
    page = written(language)
    assert page.evaluate(BROKEN) == []
    assert page.evaluate(CUT) == []


def test_reused_bars_are_hatched(written):
    page = written("en")
    fill = "getComputedStyle(document.querySelector('#plot rect.reused')).fill"
    assert "tc-hatch" in page.evaluate(fill)
    assert page.locator("#plot pattern#tc-hatch rect").count() == 2
