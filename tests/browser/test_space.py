"""The built Space, opened and used as a visitor would: the only test that drives it and not the checkout."""

import pytest
from playwright.sync_api import expect

from tests.as_a_space import started
from tests.browser.steps import SLOW, at_rest, fill, model_ready, open_app, run, wait_for_state
from tests.browser.visitors import watch
from tools import chromium

# On a Space Gradio asks for fonts and for the Space's state elsewhere, which the page's policy refuses.
ITS_OWN = ("fonts.googleapis.com", "huggingface.co/api/spaces", "Space not found")


@pytest.fixture
def space(browser, tmp_path):
    """A page of the Space, with a gallery; whatever a browser complains about fails the test."""
    variables = {"TEACACHE_GALLERY": "1", "TEACACHE_RUNS_DIR": str(tmp_path / "home" / "runs")}
    with started(tmp_path, **variables) as (address, _):
        context = browser.new_context(base_url=address, viewport={"width": 1366, "height": 768}, locale="en")
        context.add_init_script(path=chromium.HANDLE)
        context.set_default_timeout(SLOW)
        troubles = watch(context, address)
        yield context.new_page()
        context.close()
    troubles = [trouble for trouble in troubles if not any(known in trouble for known in ITS_OWN)]
    assert not troubles, "\n".join(troubles)


@pytest.mark.slow
def test_a_visitor_of_the_space_sees_why_and_how_long_runs_and_puts_the_run_on_show(space, shot):
    open_app(space)
    model_ready(space)
    assert "this Space has 2 processor cores" in space.locator(".tc-chip").get_attribute("data-tip")
    chip = space.locator("#tc-forecast")
    expect(chip).to_contain_text("≈")
    assert "recorded runs" in chip.get_attribute("data-tip")
    at_rest(space)
    shot("space", space)
    space.locator("#tc-more .label-wrap").click()
    space.locator("#tc-public input").check()
    fill(space, steps=4, seed=7)
    run(space)
    wait_for_state(space, "done")
    space.wait_for_function("document.querySelector('#tc-forecast').dataset.tip.includes('on this machine')")
    space.locator(".tc-head a", has_text="Gallery").click()
    expect(space.locator("li video")).to_have_count(1)
    shot("gallery", space)
