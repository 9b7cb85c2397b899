"""The row of steps under a hand: what its lanes are called, and which step a press means."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.steps import still


@pytest.mark.parametrize(
    "language, words",
    [
        ("en-US", ("your prompt", "empty")),
        ("de-DE", ("Ihrem Prompt", "leerem")),
        ("zh-CN", ("提示词", "空提示词")),
    ],
)
def test_each_branch_of_guidance_says_what_it_is(simple, language, words):
    page = simple("/?run=scenes-1-faithful&level=simple", locale=language)
    names = page.locator(".tc-lane-name")
    expect(names).to_have_count(2)
    for name, word in zip(names.all(), words, strict=True):
        name.hover()
        expect(page.locator(".tc-tip.on")).to_contain_text(word)


def test_a_finger_reads_what_a_branch_is(simple):
    page = simple(
        "/?run=scenes-1-faithful&level=simple",
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
    )
    page.locator(".tc-lane-name").last.tap()
    expect(page.locator(".tc-tip.on")).to_contain_text("negative")


@pytest.mark.parametrize("width, height", [(1280, 720), (390, 844)])
def test_a_press_anywhere_on_the_row_chooses_a_step_while_another_ones_card_is_open(simple, width, height):
    page = simple("/?run=scenes-1-faithful&level=simple", viewport={"width": width, "height": height})
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


def test_the_slider_is_on_the_screen_of_a_small_phone(simple):
    for level in ("simple", "lab"):
        page = simple(f"/?level={level}&run=1-faithful", viewport={"width": 360, "height": 640})
        box = page.locator(".tc-scale").bounding_box()
        assert box["y"] + box["height"] <= 640, level
