"""While a run is under way no other is put on screen, nor the reverse; one that is stopped looks it."""

from __future__ import annotations

import json
import re

from playwright.sync_api import expect

from tests.browser.steps import comes_by, fill, model_ready, open_app, run

STEPS = 200  # long enough for all that is tried meanwhile
PRESSED = "selectors => selectors.forEach((selector) => document.querySelector(selector).click())"


def test_no_way_in_opens_another_run_while_one_is_under_way(page, tmp_path, shot):
    open_app(page)
    model_ready(page)
    page.wait_for_selector(".tc-history tbody tr[data-run]")
    trace = page.request.get("/teacache/take/1-faithful/trace.json").json()
    (tmp_path / "trace.json").write_text(json.dumps(trace))
    fill(page, steps=STEPS, seed=23)
    run(page)
    page.wait_for_function("teacache.now.run.uncached.step.length >= 2 && teacache.live()")
    mine = page.evaluate("teacache.now.run.run")
    said = page.locator(".tc-toast")
    entrances = [
        lambda: page.locator("#tc-recorded button").nth(1).dispatch_event("click"),
        lambda: page.locator(".tc-history tr[data-run='3-drift'] .tc-link").click(),
        lambda: page.locator(".tc-history [data-run='9-moving'].tc-dot").dispatch_event("click"),
        lambda: page.set_input_files("#tc-trace-file", tmp_path / "trace.json"),
    ]
    for enter in entrances:
        enter()
        expect(said).to_contain_text("still under way")
        said.locator("button").click()
    expect(page.locator("#tc-recorded button").first).to_have_attribute("aria-disabled", "true")
    assert page.evaluate("[teacache.now.run.run, teacache.now.run.steps]") == [mine, STEPS]
    page.click("#tc-stop")
    expect(page.locator(".tc-state")).to_have_text("stopped")
    expect(page.locator(".tc-stage.old")).to_have_count(0)  # nothing of the run before stands for it
    expect(page.locator(".tc-way-back button:visible")).to_have_text(re.compile("Back to the recorded run"))
    shot("stopped", page)
    expect(page.locator(".tc-schedules")).to_be_hidden()  # nor its schedules behind the slider
    page.wait_for_function("!teacache.now.ending")
    page.locator("#tc-recorded button").nth(1).click()
    page.wait_for_function("teacache.now.run.run === '2-gentle'")
    expect(page.locator(".tc-state")).to_have_text("recorded run")


def test_no_run_begins_before_the_one_that_is_being_opened_is_there(page):
    open_app(page)
    model_ready(page)
    page.wait_for_selector(".tc-history tbody tr[data-run]")
    own = page.evaluate("teacache.now.run.run")
    # The last one is on screen by then.
    for name in (own, "2-gentle", "2-gentle"):
        before = page.evaluate("teacache.now.table.n")
        entrance = f"#tc-run-{name}" if name == "2-gentle" else f".tc-history tr[data-run='{name}'] .tc-link"
        with comes_by(page, "document.querySelector('.tc-toast')?.textContent.includes('being opened')"):
            page.evaluate(PRESSED, [entrance, "#tc-run"])
        page.wait_for_function("before => teacache.now.table.n !== before", arg=before)
        assert page.evaluate("[teacache.now.run.run, teacache.now.waiting || teacache.busy()]") == [
            name,
            False,
        ]
    expect(page.locator(".tc-toast")).to_have_count(0)
    run(page)
