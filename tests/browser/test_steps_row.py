"""The row of steps under a hand: what its lanes are called, and which step a press means."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.parted import PARTED
from tests.browser.steps import still
from tests.representative import first_of

APART = f"/?run={PARTED}"


@pytest.mark.parametrize(
    "language, words",
    first_of(
        ("de-DE", ("Ihrem Prompt", "leerem")),
        ("en-US", ("your prompt", "empty")),
        ("zh-CN", ("提示词", "空提示词")),
    ),
)
def test_each_branch_of_guidance_says_what_it_is(simple, language, words):
    page = simple(f"{APART}&level=simple", locale=language)
    names = page.locator(".tc-lane-name")
    expect(names).to_have_count(2)
    for name, word in zip(names.all(), words, strict=True):
        name.hover()
        expect(page.locator(".tc-tip.on")).to_contain_text(word)


def test_a_finger_reads_what_a_branch_is(simple):
    page = simple(
        f"{APART}&level=simple",
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
    )
    page.locator(".tc-lane-name").last.tap()
    expect(page.locator(".tc-tip.on")).to_contain_text("negative")


# Of the twentieth step, where it is drawn; it is taller while it is looked into.
MIDDLE = """() => {
  const { x, y, width, height } = document.querySelectorAll('.tc-cell')[19].getBoundingClientRect();
  return [x + width / 2, y + height / 2];
}"""


@pytest.mark.parametrize("width, height", [(1280, 720), (390, 844)])
def test_a_press_anywhere_on_the_row_chooses_a_step_while_another_ones_card_is_open(simple, width, height):
    page = simple(f"{APART}&level=simple", viewport={"width": width, "height": height})
    cells = page.locator(".tc-lane").first.locator(".tc-cell")
    cells.nth(10).click()
    card = page.locator(".tc-step-card h2")
    expect(card).to_contain_text("Step 11,")
    still(page)
    left, right = (cells.nth(step).bounding_box() for step in (30, 31))
    edge, end = left["x"] + left["width"], right["x"]
    assert end - edge > 1  # there is a gap
    page.mouse.click((edge + end) / 2, left["y"] + left["height"] / 2)
    expect(card).to_contain_text(re.compile("Step 3[12],"))
    cells.nth(40).click()
    expect(card).to_contain_text("Step 41,")


def test_a_step_that_is_decided_as_a_whole_has_one_cell_and_one_decision(simple):
    page = simple("/?run=scenes-1-faithful&level=simple")
    expect(page.locator(".tc-cell")).to_have_count(50)
    strip, card = page.locator(".tc-strip"), page.locator(".tc-step-card")
    strip.focus()
    page.keyboard.press("End")
    expect(page.locator(".tc-say b")).to_have_text("Step 50:")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".tc-say b")).to_have_text("Step 49:")
    page.locator(".tc-cell").nth(10).click()
    expect(card.locator("h2")).to_have_text(re.compile("^Step 11: "))
    card.locator('[data-turn="1"]').click()
    expect(card.locator("h2")).to_have_text(re.compile("^Step 12: "))


@pytest.mark.parametrize("run_id", ["1-faithful", "scenes-1-faithful"])
def test_a_tapped_step_opens_stays_under_the_finger_and_is_as_large_as_before(simple, run_id):
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    page = simple(f"/?run={run_id}", **phone)
    page.evaluate("document.querySelector('.tc-strip').scrollIntoView(); scrollBy(0, -60)")
    cell = page.locator(".tc-lane").first.locator(".tc-cell").nth(19)
    box = cell.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".tc-step-card h2")).to_contain_text("Step 20")
    still(page)
    middle = page.evaluate(MIDDLE)
    assert middle == pytest.approx([box["x"] + box["width"] / 2, box["y"] + box["height"] / 2], abs=1)
    assert min(box["width"], box["height"]) >= 24
    assert cell.bounding_box()["y"] + 24 < page.locator(".tc-step-card").bounding_box()["y"]


def test_a_step_that_its_sheet_would_hide_comes_up(simple):
    page = simple(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.evaluate("scrollTo(0, 0)")
    page.locator(".tc-cell").first.tap()
    still(page)
    cell, sheet = (page.locator(part).first.bounding_box() for part in (".tc-cell", ".tc-step-card"))
    assert cell["y"] >= 0 and cell["y"] + cell["height"] < sheet["y"]


@pytest.mark.parametrize("run_id", ["1-faithful", "scenes-1-faithful"])
def test_the_hand_that_takes_the_slider_of_a_phone_sees_all_steps_and_the_clips(simple, run_id):
    page = simple(f"/?run={run_id}", viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    slider = page.locator(".tc-scale").bounding_box()
    page.mouse.move(slider["x"] + 130, slider["y"] + 15)
    page.mouse.down()
    page.mouse.move(slider["x"] + 190, slider["y"] + 15, steps=3)
    still(page)
    strip, clips = (page.locator(part).bounding_box() for part in (".tc-strip", ".tc-stage"))
    assert clips["y"] >= 0 and strip["y"] + strip["height"] <= slider["y"]
    assert page.locator(".tc-scale").bounding_box() == slider
    page.mouse.up()


def test_the_slider_is_on_the_screen_of_a_small_phone(simple):
    for level in ("simple", "lab"):
        page = simple(f"/?level={level}&run=1-faithful", viewport={"width": 360, "height": 640})
        box = page.locator(".tc-scale").bounding_box()
        assert box["y"] + box["height"] <= 640, level
