"""What is opened comes into view, and from a run that was opened in Simple a way leads back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.steps import model_ready, still, wait_for_state

STEPS = 8
IN_VIEW = """fold => {
  const { top, bottom } = document.querySelector(fold).getBoundingClientRect();
  const docks = [...document.querySelectorAll('#tc-buttons, .form:has(> #tc-threshold)')];
  const fixed = docks.filter((part) => getComputedStyle(part).position === 'fixed');
  const floor = Math.min(innerHeight, ...fixed.map((part) => part.getBoundingClientRect().top));
  return bottom <= floor || (top >= 0 && top < 40);
}"""


@pytest.mark.parametrize(
    "width, height, level, fold",
    [
        (1280, 720, "simple", ".tc-quality"),
        (390, 844, "simple", ".tc-quality"),
        (1280, 720, "lab", "#tc-signals details"),
        (390, 844, "lab", "#tc-polynomial details"),
    ],
)
def test_what_is_opened_comes_into_view_and_nothing_above_it_moves(simple, width, height, level, fold):
    page = simple(f"/?level={level}&run=1-faithful", viewport={"width": width, "height": height})
    page.wait_for_load_state("networkidle")
    summary = page.locator(f"{fold} summary")
    page.evaluate(
        "fold => scrollBy(0, document.querySelector(fold + ' summary').getBoundingClientRect().bottom"
        " - innerHeight + 160)",
        fold,
    )
    place = "document.querySelector('.tc-figures').getBoundingClientRect().top + scrollY"
    before = page.evaluate(place)
    summary.click()
    page.wait_for_function(IN_VIEW, arg=fold)
    still(page)
    assert page.evaluate(place) == before


def test_a_dot_of_the_fold_leads_to_a_run_of_its_model_and_there_is_a_way_back(simple, shot):
    page = simple(f"/?steps={STEPS}&threshold=0.3&level=simple", viewport={"width": 1280, "height": 720})
    model_ready(page)
    page.locator("#tc-run").click()
    wait_for_state(page, "done")
    own = page.evaluate("teacache.now.run.run")
    ways = page.locator(".tc-way-back button:visible")
    page.locator(".tc-quality summary").click()
    dots = page.locator(".tc-quality figure .tc-dot.recorded")
    expect(dots.first).to_be_attached()
    assert not [
        name for name in dots.evaluate_all("dots => dots.map((dot) => dot.dataset.run)") if "scenes" in name
    ]
    dots.first.press("Enter")
    page.wait_for_function("own => teacache.now.run.run !== own", arg=own)
    assert page.evaluate("teacache.now.run.about.model") == "shapes"
    expect(ways).to_have_text([re.compile("Back to your run, Shapes δ 0.3")])
    still(page)
    shot("simple-way-back", page)
    ways.first.click()
    page.wait_for_function("own => teacache.now.run.run === own", arg=own)
    page.locator("#tc-worlds button").last.click()  # the other model: the same way leads back
    page.wait_for_function("teacache.now.run.about.model === 'scenes'")
    expect(ways).to_have_text([re.compile("Back to your run, Shapes")])
    ways.first.click()
    page.wait_for_function("own => teacache.now.run.run === own", arg=own)
    page.click(".tc-level [data-level=lab]")
    expect(ways).to_have_count(0)  # there all runs are listed


def test_another_model_does_not_come_from_the_list_of_runs_without_a_word(simple):
    page = simple("/?level=lab&run=1-faithful")
    page.locator("#tc-history [data-run=scenes-2-drift] th button").click()
    said = page.locator(".tc-toast.note")
    expect(said).to_contain_text("another model")
    assert said.bounding_box()["y"] > page.locator(".tc-state").bounding_box()["y"] + 40  # nor on the head
    page.wait_for_function("teacache.now.run.run === 'scenes-2-drift'")
