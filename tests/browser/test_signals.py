"""The signals compared, in the browser: what is asked, shown, kept, and stopped."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.steps import fill, model_ready, move_slider, open_app, run, wait_for_state

NAMES = ["Timestep embedding", "Modulated input", "Noisy input", "Uniform reuse"]


@pytest.fixture
def opened(page):
    """The page with the fold open."""
    open_app(page)
    page.wait_for_function("teacache.facts() !== null")
    page.click(".tc-signals summary")
    return page


def test_the_run_that_the_page_opens_with_brings_its_signals_along(opened, shot):
    expect(opened.locator(".tc-signals tbody th")).to_have_text([re.compile(name) for name in NAMES])
    expect(opened.locator(".tc-signals .winner")).to_have_count(2)  # as good as alike
    expect(opened.locator(".tc-signals .tc-gist")).to_have_text(
        "Equally close came Timestep embedding, Modulated input: the latents end 0.011 off."
    )
    expect(opened.locator(".tc-signals .primary")).to_be_hidden()
    expect(opened.locator(".tc-signals-said")).to_contain_text("20.00 to 19.76 dB on Latte")
    opened.locator(".tc-signals").scroll_into_view_if_needed()
    shot("signals")


def test_where_nothing_is_reused_there_is_nothing_to_compare(opened):
    move_slider(opened, 0)
    expect(opened.locator(".tc-signals .primary")).to_be_disabled()
    expect(opened.locator(".tc-signals .tc-damage-side .tc-note")).to_contain_text("choose a higher one")


@pytest.mark.slow
def test_every_signal_is_run_at_the_cost_on_screen_and_kept_with_the_run(opened, shot):
    model_ready(opened)
    fill(opened, steps=8, seed=21)
    run(opened)
    wait_for_state(opened, "done")
    opened.wait_for_selector("body:not(.tc-running)")
    opened.evaluate(
        "teacache.goTo(teacache.now.table.rows.findIndex((row) => row[2].split('0').length === 5))"
    )
    opened.wait_for_function("teacache.view().computed === 4")
    expect(opened.locator(".tc-signals .primary")).to_have_text("Run each signal at 4 of 8 calls")
    expect(opened.locator(".tc-signals .tc-damage-side .tc-note")).to_contain_text("About")
    opened.click(".tc-signals .primary")
    opened.wait_for_selector(".tc-signals .winner")
    cells = opened.locator(".tc-signals tbody td:nth-child(2)").all_inner_texts()
    assert len(cells) == 4 and all(cell.endswith("/8") for cell in cells)
    shot("signals-made")
    told = opened.evaluate("fetch('teacache/teach/' + teacache.now.run.run).then((answer) => answer.json())")
    assert len(told["signals"]["4"]) == 4


def test_it_can_be_stopped(opened):
    model_ready(opened)
    opened.locator("#tc-recorded button").nth(2).click()
    opened.wait_for_function("teacache.now.run.run.startsWith('3-') && teacache.facts() !== null")
    opened.click(".tc-signals .primary")
    stop = opened.locator(".tc-signals").get_by_role("button", name="Stop")
    opened.wait_for_selector(".tc-signals .tc-error")
    stop.click()
    expect(opened.locator(".tc-signals .tc-damage-side .tc-note")).to_contain_text("Stopped after")
    expect(opened.locator(".tc-signals .primary")).to_be_enabled()
