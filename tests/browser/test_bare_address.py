"""The page as `python app.py` opens it: with Scenes, whose run is one row of steps like any other."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.steps import SLOW, fill, open_app, run, still, wait_for_state
from tests.browser.visitors import watch
from tools import chromium


@pytest.fixture
def first_page(browser, bare):
    context = browser.new_context(base_url=bare, viewport={"width": 1366, "height": 768})
    context.add_init_script(path=chromium.HANDLE)
    troubles = watch(context, bare)
    page = context.new_page()
    open_app(page)
    page.wait_for_selector(".tc-stage.filled", timeout=SLOW)
    yield page
    context.close()
    assert not troubles


def test_run_prompt_and_model_are_those_of_the_first_run_of_scenes(first_page):
    assert first_page.evaluate("teacache.now.run.run") == "scenes-1-faithful"
    expect(first_page.locator("#tc-worlds [aria-pressed=true]")).to_have_text("Scenes")
    prompt = first_page.evaluate("teacache.now.run.about.prompt")
    expect(first_page.locator("#tc-prompt textarea")).to_have_value(prompt)
    expect(first_page.locator("[data-fig=steps] b")).to_have_text(re.compile(r"^\d+ / 50$"))
    expect(first_page.locator(".tc-cell")).to_have_count(50)
    still(first_page)
    expect(first_page.locator(".tc-way-back button:visible")).to_have_count(0)


def test_the_poster_shows_what_the_page_then_shows(browser, bare, first_page):
    still(first_page)
    context = browser.new_context(base_url=bare, java_script_enabled=False)
    plain = context.new_page()
    plain.goto("/")
    expect(plain.locator("#tc-poster .strip i")).to_have_count(50)
    of_poster = plain.locator("#tc-poster .figures b").all_text_contents()
    of_page = first_page.locator(".tc-figures .tc-fig b").all_text_contents()
    assert of_poster == of_page
    first_page.click("[data-level=simple]")  # which the poster shows
    expect(first_page.locator(".tc-line")).to_have_text(plain.locator("#tc-poster .line").text_content())
    kinds = [kind.split()[-1] for kind in first_page.locator(".tc-cell").evaluate_all(CLASSES)]
    assert plain.locator("#tc-poster .strip i").evaluate_all(CLASSES) == kinds
    context.close()


CLASSES = "cells => cells.map((cell) => cell.className.replace(/ (current|drawn)/, ''))"
# How many rows of steps there were, and how far the run said that it is.
KEEP = """() => {
  window.seen = { lanes: new Set(), said: new Set() };
  const look = () => {
    window.seen.lanes.add(document.querySelectorAll('.tc-lane').length);
    window.seen.said.add(document.querySelector('.tc-state').textContent);
    requestAnimationFrame(look);
  };
  look();
}"""


@pytest.mark.slow
def test_a_run_of_scenes_stays_one_row_of_steps_from_its_first_call_to_its_end(first_page):
    fill(first_page, steps=8, seed=3)
    first_page.evaluate(KEEP)
    run(first_page)
    wait_for_state(first_page, "done")
    lanes, said = first_page.evaluate("[[...seen.lanes], [...seen.said]]")
    assert lanes == [1]
    progress = [re.fullmatch(r"(uncached|TeaCache) (\d+)/(\d+)", text) for text in said]
    assert {match[3] for match in progress if match} == {"8"}
    assert max(int(match[2]) for match in progress if match) <= 8
    expect(first_page.locator("[data-fig=steps] b")).to_have_text(re.compile(r"^\d / 8$"))
