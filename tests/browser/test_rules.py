"""What can be chosen belongs to the run's model, and nothing is foretold by rules that a run cannot tell."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.steps import move_slider, open_app


def polynomials(page):
    page.get_by_text("Rules and options").click()
    return page.locator("#tc-mode input")


def test_by_rules_that_compare_what_was_not_recorded_run_is_asked_for(page, shot):
    open_app(page, "/?run=scenes-1-faithful&level=lab")
    expect(polynomials(page).first).to_be_checked()
    expect(page.locator("#tc-mode")).not_to_contain_text("tc_")  # every label has its text
    before = page.evaluate("teacache.view().row[2]")
    page.locator("#tc-mode label", has_text="modulated input").click()
    expect(page.locator(".tc-line")).to_contain_text("Press Run to see what these rules decide")
    expect(page.locator("body.tc-another")).to_have_count(1)  # Run stands out
    own = page.evaluate("teacache.now.run.controls.threshold")
    page.wait_for_function("own => teacache.view().threshold !== own", arg=own)  # those rules bring another
    move_slider(page, own)
    assert page.evaluate("teacache.view().row[2]") == before  # by its own rules
    shot("rules-of-another-signal")
    page.locator("#tc-mode label", has_text="timestep embedding").click()
    expect(page.locator(".tc-line")).not_to_contain_text("these rules")


def test_what_can_be_chosen_follows_the_model_of_the_run(page):
    open_app(page, "/?run=scenes-5-retention&level=lab")
    expect(polynomials(page).nth(1)).to_be_checked()
    page.locator(".tc-history tr[data-run='3-drift'] .tc-link").click()
    page.wait_for_function("teacache.now.run.run === '3-drift'")
    expect(page.locator("#tc-mode")).to_be_hidden()  # Shapes has one
    expect(page.locator("#tc-estimator input:checked")).to_have_value("calibrated")
    page.locator(".tc-history tr[data-run='scenes-2-drift'] .tc-link").click()
    page.wait_for_function("teacache.now.run.run === 'scenes-2-drift'")
    expect(page.locator("#tc-mode input").first).to_be_checked()
