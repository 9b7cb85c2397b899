"""Any choice of rivals in the browser: chosen, run with a growing strip, played together, drawn as curves."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.steps import fill, model_ready, open_app, run, wait_for_state


@pytest.fixture
def opened(page):
    """The page with a short run of this visit and the fold open."""
    open_app(page)
    model_ready(page)
    fill(page, steps=6, seed=33)
    run(page)
    wait_for_state(page, "done")
    page.wait_for_selector("body:not(.tc-running)")
    page.click(".tc-rivals-all > summary")
    page.wait_for_selector(".tc-method input")
    return page


@pytest.mark.slow
def test_rivals_that_are_chosen_run_and_their_clips_play_beside_each_other(opened, shot):
    fold = opened.locator(".tc-rivals-all")
    refused = fold.locator(".tc-method", has_text="MagCache")
    expect(refused.locator("input")).to_be_disabled()
    refused.locator("summary").click()
    expect(refused).to_contain_text("change between spatial and temporal layout")
    for name in ("PAB", "EasyCache"):
        fold.locator(".tc-method", has_text=re.compile(f"^ ?{name}")).locator("input").uncheck()
    fold.get_by_role("button", name="Run the chosen rivals").click()
    expect(fold.locator("tr.tc-under .tc-shares i").first).to_be_visible()
    expect(fold.locator("tbody th")).to_have_text(["uncached", "TeaCache", "TaylorSeer"])
    expect(fold.locator("tr.tc-under")).to_have_count(0)
    expect(fold.locator("tbody tr").nth(2).locator(".tc-shares i")).to_have_count(6)
    for row in range(3):
        fold.locator("tbody tr").nth(row).locator("input").check()
    fold.get_by_role("button", name="Play the ticked clips side by side").click()
    opened.wait_for_function("teacache.now.lanes === 3 && teacache.now.pair")
    expect(opened.locator(".tc-player figcaption").nth(2)).to_contain_text("TaylorSeer")
    expect(fold.locator(".tc-frontier .legendtext").first).to_be_visible()
    fold.scroll_into_view_if_needed()
    shot("rivals", full_page=True)
