"""The server ends and is started again while a page is open: the page says so, and goes on where it was."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ARTIFACTS
from tests.browser.steps import SLOW, fill, open_app, run
from tools import chromium
from tools.serving import HOST, free_port, served

OTHER = "scenes-2-drift"


@pytest.fixture
def start(tmp_path):
    """A function that starts the server on the same port each time; and one that ends it."""
    port, running = free_port(), ExitStack()
    command = ["app.py", "--host", HOST, "--port", str(port), "--no-browser", "--warm-up", "0"]
    ARTIFACTS.mkdir(parents=True, exist_ok=True)

    def begin() -> str:
        runs = ["--runs-dir", str(tmp_path)]
        return running.enter_context(served([*command, *runs], port, ARTIFACTS / "gone.log"))

    yield begin, running.close
    running.close()


@pytest.mark.slow
def test_a_page_says_that_the_server_is_gone_and_goes_on_when_it_is_back(browser, start, shot):
    begin, end = start
    context = browser.new_context(base_url=begin(), viewport={"width": 1366, "height": 768})
    context.add_init_script(path=chromium.HANDLE)
    page = context.new_page()
    open_app(page)
    page.click(f"#tc-run-{OTHER}")
    page.wait_for_function("id => teacache.now.run.run === id && teacache.now.table.run === id", arg=OTHER)
    page.wait_for_load_state("networkidle")  # all of its answer has come
    gone = page.locator(".tc-gone")
    expect(gone).to_be_hidden()
    end()
    expect(gone).to_be_visible(timeout=SLOW)  # it is looked for every 15 seconds
    shot("gone", page)
    begin()
    expect(gone).to_be_hidden(timeout=SLOW)
    # Gradio may load the page again, which then opens the run that its address names.
    page.wait_for_function("id => window.teacache?.now?.table?.run === id", arg=OTHER)
    before = page.evaluate("teacache.now.table.rules")
    page.click("#tc-estimator label:nth-of-type(2)")
    page.wait_for_function("before => teacache.now.table.rules !== before", arg=before)
    assert page.evaluate("teacache.now.table.run") == OTHER  # and not the run that the new server begins with
    page.context.close()


@pytest.mark.slow
def test_a_run_that_the_end_of_the_server_broke_is_made_again_when_it_is_back(browser, start, shot):
    begin, end = start
    context = browser.new_context(base_url=begin(), viewport={"width": 1366, "height": 768})
    context.add_init_script(path=chromium.HANDLE)
    page = context.new_page()
    open_app(page)
    fill(page, seed=7, steps=60)
    run(page)
    page.wait_for_function("teacache.live()")
    end()
    expect(page.locator(".tc-gone")).to_be_visible(timeout=SLOW)
    begin()
    page.wait_for_function("window.teacache?.live?.() && teacache.now.run.about.seed === 7", timeout=2 * SLOW)
    shot("again", page)
    page.click("#tc-stop")
    page.wait_for_function("!teacache.busy()")
    page.reload()  # a run that was stopped is not made again
    page.wait_for_function("window.teacache?.now?.table", timeout=SLOW)
    assert not page.evaluate("teacache.busy()")
    page.context.close()
