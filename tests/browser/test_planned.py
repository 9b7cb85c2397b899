"""A planned schedule on the page: chosen, foretold, run, opened from its link; the figures of schedules."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from tests.browser.steps import fill, model_ready, open_app, refused, run

NAME = "10-of-50"


def choose(page, name=NAME):
    page.locator("#tc-estimator label", has_text="Planned").click()
    page.locator(f"#tc-planned input[value='{name}']").check()
    page.wait_for_function(f"teacache.view().computed === {name.split('-')[0]}")


def test_a_plan_is_foretold_and_stands_in_the_link(page, shot):
    open_app(page)
    expect(page.locator("#tc-planned")).to_be_hidden()
    choose(page)
    expect(page.locator(".tc-line")).to_contain_text("A planned schedule")
    expect(page.locator("#tc-dial")).to_be_hidden()
    shot("planned-what-if")
    asked = parse_qs(urlsplit(page.evaluate("teacache.link()")).query)
    assert (asked["estimator"], asked["planned"]) == (["planned"], [NAME])
    open_app(page, page.evaluate("teacache.link()"))
    page.wait_for_function("teacache.now.run && teacache.view().computed === 10")
    expect(page.locator("#tc-planned input:checked")).to_have_value(NAME)


def test_a_plan_of_other_steps_is_refused_in_a_sentence_and_one_that_fits_runs(page, shot):
    open_app(page)
    model_ready(page)
    choose(page)
    fill(page, steps=12)
    page.click("#tc-run")
    refused(page, "planned for 50 steps, but the run has 12")
    page.locator("#tc-planned input[value='4-of-12']").check()
    refused(page, "planned for 12 steps, but the run has 50")
    run(page)
    page.wait_for_function("teacache.now.run.phase === 'done'")
    page.wait_for_selector("body:not(.tc-running)")  # the other methods have run, too
    expect(page.locator(".tc-rivals, #tc-rivals").first).to_contain_text("4/4")  # fewer steps
    assert page.evaluate("teacache.view().computed") == 4
    shot("planned-run", full_page=True)


def test_the_figures_of_schedules_are_drawn(page, shot):
    open_app(page)
    page.click(".tc-damage > summary")
    expect(page.locator(".tc-reasons .legendtext").first).to_be_visible()
    page.locator(".tc-reasons").scroll_into_view_if_needed()
    shot("why")
    page.click(".tc-everything > summary")
    expect(page.locator(".tc-everything tbody th").first).to_have_text("The best there is")
    expect(page.locator(".tc-everything-plot .bars").first).to_be_visible()
    page.locator(".tc-everything").scroll_into_view_if_needed()
    shot("everything")


def test_without_own_runs_the_curves_are_those_of_the_sweep(page, shot):
    open_app(page)
    page.click(".tc-rivals-all > summary")
    expect(page.locator(".tc-frontier .legendtext").first).to_be_visible()
    expect(page.locator(".tc-rivals-all")).to_contain_text("the sweep that ships")
    page.locator(".tc-frontier").scroll_into_view_if_needed()
    shot("frontier-sweep")
