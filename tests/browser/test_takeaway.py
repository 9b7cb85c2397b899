"""What is taken away, driven in Chromium: files, the offline report, uploads, the history; and programs."""

from __future__ import annotations

import asyncio
import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from teacache.method.trace import Trace
from teacache.study import figure
from tests.browser.steps import SLOW, fill, model_ready, move_slider, open_app, run, wait_for_state
from tests.browser.visitors import watch
from tests.representative import first_of
from tests.ui.hostile.values import SCRIPT
from tools import chromium
from ui.library.library import Library

STEPS = 6
PROMPT = f"a cat {SCRIPT}"
RECORDED = [run.run_id for run in Library().recorded]


@pytest.fixture
def explorer(page):
    """A page of one's own, for tests that leave a mark."""
    open_app(page)
    page.wait_for_selector(".tc-dot.recorded", state="attached")
    return page


@pytest.fixture(scope="module")
def shared(browser, server):
    """One page for the tests that only look or go from run to run; its troubles are told at the end."""
    context = browser.new_context(base_url=server, viewport={"width": 1366, "height": 768})
    context.add_init_script(path=chromium.HANDLE)
    troubles = watch(context, server)
    page = context.new_page()
    open_app(page)
    page.wait_for_selector(".tc-dot.recorded", state="attached")
    yield page
    context.close()
    assert not troubles, "\n".join(["the page had troubles:", *troubles])


def download(page, press) -> Path:
    with page.expect_download() as waiting:
        press()
    return Path(waiting.value.path())


def link(page, name: str):
    return page.locator(".tc-downloads a.tc-take", has_text=name).first


def shown_run(page) -> str:
    return page.evaluate("teacache.now.run.run")


def test_files_of_the_run_on_screen_can_be_saved(shared):
    trace = Trace.load(download(shared, link(shared, "trace, JSON").click))
    assert [int(c) for c in trace.schedule] == shared.evaluate("teacache.now.run.cached.computed")
    rows = download(shared, link(shared, "calls, CSV").click).read_text().splitlines()
    assert len(rows) == 1 + 2 * len(trace.records)
    assert download(shared, link(shared, "side by side").click).stat().st_size > 1000


def test_the_plot_is_saved_as_it_is_shown(shared):
    shared.wait_for_selector(".tc-plot .bars path", state="attached")
    saved = shared.locator("[data-take=take_plot]")
    svg = download(shared, saved.get_by_role("button", name="SVG", exact=True).click).read_text()
    assert "<svg" in svg and shared.evaluate("teacache.now.run.about.prompt") in svg
    png = download(shared, saved.get_by_role("button", name="PNG", exact=True).click).read_bytes()
    assert png.startswith(b"\x89PNG")


# The texts of a picture that lie over another one or beyond its edge, as they are drawn.
OVERLAPS = """async ({ picture, size: [width, height] }) => {
  const host = Object.assign(document.createElement('div'), { className: 'tc-card' });
  host.style = `position: fixed; z-index: 99; left: 0; top: 0; width: ${width}px; height: ${height}px`;
  host.innerHTML = decodeURIComponent(picture.slice(picture.indexOf(',') + 1));
  document.body.append(host);
  const texts = [...host.querySelectorAll('text')].filter((text) => text.textContent.trim());
  const boxes = texts.map((text) => [text.textContent, text.getBoundingClientRect()]);
  host.remove();
  const out = boxes.filter(([, b]) => b.left < 0 || b.top < 0 || b.right > width || b.bottom > height);
  const over = ([, a], [, b]) =>
    a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 2 && b.top < a.bottom - 2;
  const pairs = boxes.flatMap((one, i) => boxes.slice(i + 1)
    .flatMap((two) => over(one, two) ? [one[0] + ' / ' + two[0]] : []));
  return { texts: boxes.map(([text]) => text), wrong: [...pairs, ...out.map(([text]) => 'out: ' + text)] };
}"""
LONG_PICTURE = """async (prompt) => {
  const view = teacache.view();
  return teacache.pictureOf('svg', { ...view, run: { ...view.run, about: { ...view.run.about, prompt } } });
}"""
DRAWN_BY_PYTHON = """async (figure) => {
  const plotly = await teacache.loadPlotly();
  return plotly.toImage(figure, { format: 'svg', width: 900, height: 500 });
}"""
LONG = " ".join(["a white boat <b>moving</b> left on the sea at night,"] * 12)


def overlapping(page, picture: str, width: int, height: int) -> dict:
    return page.evaluate(OVERLAPS, {"picture": picture, "size": [width, height]})


@pytest.mark.parametrize("run_id", ["scenes-1-faithful", "1-faithful"])
def test_no_text_of_a_saved_plot_lies_on_another(open_page, run_id):
    german = open_page(locale="de-DE")
    open_app(german, f"/?level=lab&run={run_id}")
    for prompt in (LONG, "夜晚的海上" * 40):
        measured = overlapping(german, german.evaluate(LONG_PICTURE, prompt), 1200, 560)
        assert not measured["wrong"], prompt
        numbers = [text for text in measured["texts"] if re.fullmatch(r"[\d.,]+", text)]
        assert any("," in text for text in numbers) and not any("." in text for text in numbers)
        assert any(text.startswith("Summe, gerechnet") for text in measured["texts"])


@pytest.mark.parametrize("run_id", ["scenes-1-faithful", "1-faithful"])
def test_no_text_of_the_figure_that_python_makes_lies_on_another(shared, run_id):
    (run,) = (run for run in Library().recorded if run.run_id == run_id)
    drawn = figure(replace(run.cached, prompt=LONG), run.uncached)
    measured = overlapping(shared, shared.evaluate(DRAWN_BY_PYTHON, json.loads(drawn.to_json())), 900, 500)
    assert not measured["wrong"]


def form(page, name: str) -> str:
    return page.locator(f"[data-form={name}]").inner_text()


def test_the_page_and_python_write_schedules_alike(shared):
    told = json.loads(download(shared, shared.locator("a[href$='schedule.json']").click).read_text())
    assert told["bits"] == form(shared, "bits")
    assert told["cache_dit"]["steps_computation_mask"] == json.loads(form(shared, "mask"))
    assert [step + 1 for step in told["computed_steps"]] == list(map(int, form(shared, "steps").split(",")))


def test_the_schedule_follows_the_slider(shared):
    recorded = form(shared, "bits")
    move_slider(shared, shared.evaluate("teacache.now.run.controls.threshold * 3"))
    shared.wait_for_function(
        "was => document.querySelector('[data-form=bits]').textContent !== was", arg=recorded
    )
    assert form(shared, "bits") == shared.evaluate("teacache.view().columns.computed.map(Number).join('')")
    told = json.loads(download(shared, shared.locator("a[href*='schedule.json']").click).read_text())
    assert told["bits"] == form(shared, "bits")


def test_the_code_follows_the_slider(shared):
    shared.get_by_role("button", name="show", exact=True).click()
    expect(shared.get_by_role("button", name="hide", exact=True)).to_have_attribute("aria-expanded", "true")
    for factor in (2, 4):
        threshold = shared.evaluate("factor => teacache.now.run.controls.threshold * factor", factor)
        move_slider(shared, threshold)
        bits = shared.evaluate("teacache.view().columns.computed.join('')")
        code = shared.locator(".tc-code")
        expect(code).to_contain_text(f'foretold = "{bits}"')
        expect(code).to_contain_text("A what-if on the TeaCache run")
        expect(code).to_contain_text(f"threshold={shared.evaluate('teacache.now.threshold')}")
    move_slider(shared, shared.evaluate("teacache.now.run.controls.threshold"))
    expect(shared.locator(".tc-code")).to_contain_text("made again")


def test_a_dot_of_the_frontier_opens_its_run(shared):
    other = shared.locator(".tc-dot:not(.shown)").first
    wanted = other.get_attribute("data-run")
    other.click()
    shared.wait_for_function("id => teacache.now.run.run === id", arg=wanted)
    shared.wait_for_function("teacache.now.threshold === teacache.now.run.controls.threshold")
    expect(shared.locator(f".tc-dot.shown[data-run='{wanted}']")).to_have_count(1)


def test_dots_can_be_opened_by_keyboard(shared):
    other = shared.locator(".tc-dot:not(.shown)").first
    wanted = other.get_attribute("data-run")
    other.focus()
    shared.keyboard.press("Enter")
    shared.wait_for_function("id => teacache.now.run.run === id", arg=wanted)
    expect(shared.locator(f".tc-dot.shown[data-run='{wanted}']")).to_have_count(1)


def test_two_pinned_runs_play_side_by_side(shared, shot):
    for place in (0, 1):
        shared.locator(".tc-pin").nth(place).click()
    shared.click(".tc-history .tc-button")
    shared.wait_for_function("document.querySelector('.tc-lane-b figcaption').textContent.startsWith('B ·')")
    shared.wait_for_function("document.querySelector('.tc-saves a').href.includes('/teacache/pairs/')")
    expect(shared.locator(".tc-history .tc-note")).to_contain_text("The player shows A")
    shot("pair", shared)


@pytest.fixture
def offline(browser):
    """A page that cannot reach anything, and what went wrong in it."""
    context = browser.new_context(offline=True, viewport={"width": 1100, "height": 900})
    page, troubles = context.new_page(), []
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda r: r.url.startswith(("file:", "blob:")) or troubles.append(r.url))
    yield page, troubles
    context.close()


def test_two_runs_of_different_prompts_say_so_where_they_are_compared(open_page):
    page = open_page()
    open_app(page, "/?level=lab")
    pins = page.locator(".tc-pin")
    pins.nth(0).click()
    pins.nth(3).click()
    page.get_by_role("button", name="Compare A and B").click()
    first = page.locator(".tc-lane-a figcaption")
    expect(first).to_contain_text("“a yellow star")
    expect(page.locator(".tc-toast")).to_contain_text("prompt")


def test_one_more_line_is_one_that_there_is(open_page):
    page = open_page()
    for run_id in ("1-faithful", "scenes-1-faithful"):
        open_app(page, f"/?level=lab&run={run_id}")
        choice = page.locator(".tc-curve-names select")
        assert choice.evaluate("node => node.selectedOptions.length") == 1


def test_the_report_opens_offline_plays_and_tells_of_each_step(shared, offline, tmp_path, shot):
    saved = tmp_path / "report.html"
    saved.write_bytes(download(shared, link(shared, "one HTML file").click).read_bytes())
    page, troubles = offline
    page.goto(saved.as_uri())
    page.wait_for_selector(".tc-stage.filled")
    said, count = page.locator("#say"), page.locator(".tc-count")
    for _ in range(3):  # it plays
        expect(count).not_to_have_text(count.inner_text(), timeout=SLOW)
    page.locator(".tc-cell.reused").nth(1).hover()
    expect(said).to_contain_text("reused", timeout=SLOW)
    page.locator("#plot .reach").nth(3).hover()
    expect(said).to_contain_text("Step 4", timeout=SLOW)
    page.keyboard.press("d")
    page.wait_for_selector(".tc-stage[data-mode=diff]")
    assert page.locator("details tbody tr").count() == len(shared.evaluate("teacache.now.run.cached.step"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shot("report", page, full_page=True)
    assert not troubles


def test_an_uploaded_trace_can_be_explored_and_its_words_stay_words(explorer, tmp_path, shot):
    trace = Trace.load(download(explorer, link(explorer, "trace, JSON").click))
    own = tmp_path / "own.json"
    own.write_text(json.dumps(trace.to_json() | {"model": f"somebody's own {SCRIPT}", "prompt": PROMPT}))
    explorer.set_input_files("#tc-trace-file", own)
    wait_for_state(explorer, "uploaded")
    explorer.wait_for_function("document.querySelector('.tc-empty').offsetParent !== null")
    assert explorer.evaluate("teacache.now.run.about.prompt") == PROMPT
    before = explorer.evaluate("teacache.view().computed")
    move_slider(explorer, trace.settings.threshold * 3)
    explorer.wait_for_function("teacache.view().kind === 'whatif'")
    assert explorer.evaluate("teacache.view().computed") < before
    explorer.get_by_role("radio", name="Naive").check()
    explorer.wait_for_function("teacache.now.table.controls.naive")
    expect(link(explorer, "uncached")).to_have_attribute("aria-disabled", "true")
    expect(link(explorer, "calls, CSV")).to_have_attribute("href", re.compile("upload-"))
    assert explorer.locator("[onerror]").count() == 0 and explorer.evaluate("window.hurt") is None
    shot("uploaded", full_page=True)


BAD_UPLOADS = (
    ("{", "not JSON"),
    ('{"version": 1, "settings": {"threshold": "x"}, "records": []}', "settings: threshold"),
)


def test_a_bad_upload_gets_a_sentence_and_loses_nothing(shared, tmp_path):
    before = shown_run(shared)
    for text, said in BAD_UPLOADS:
        (tmp_path / "bad.json").write_text(text)
        shared.set_input_files("#tc-trace-file", tmp_path / "bad.json")
        expect(shared.locator(".tc-downloads .tc-note.failed")).to_contain_text(said, timeout=SLOW)
    assert shown_run(shared) == before


def test_the_history_is_this_visitors_and_survives_a_reload(explorer, open_page, shot):
    model_ready(explorer)
    fill(explorer, steps=STEPS, seed=21)
    run(explorer)
    wait_for_state(explorer, "done")
    explorer.wait_for_selector(".tc-dot.own.shown", state="attached")
    mine = shown_run(explorer)
    explorer.wait_for_function("!document.body.classList.contains('tc-running')")
    shot("history", full_page=True)
    explorer.reload()
    explorer.wait_for_selector(f".tc-dot.own[data-run='{mine}']", state="attached")
    other = open_page()
    open_app(other)
    other.wait_for_selector(".tc-dot.recorded", state="attached")
    assert other.locator(".tc-dot.own").count() == 0 and mine not in other.content()


def test_runs_that_are_gone_are_dropped_with_a_note(page):
    page.add_init_script(
        f"localStorage.setItem('teacache-runs', JSON.stringify(['20200101-000000-0', '{RECORDED[1]}']))"
    )
    open_app(page)
    page.wait_for_function(
        "document.querySelector('.tc-history .tc-note').textContent.startsWith('1 of your runs')"
    )
    assert page.evaluate("JSON.parse(localStorage.getItem('teacache-runs'))") == [RECORDED[1]]


def test_broken_storage_is_no_trouble(page):
    page.add_init_script("localStorage.setItem('teacache-runs', '{not json')")
    open_app(page)
    page.wait_for_selector(".tc-dot.recorded", state="attached")
    expect(page.locator(".tc-history .tc-hint")).to_have_count(1)


@pytest.mark.parametrize("width, scheme", first_of((390, "dark"), (1366, "dark")))
def test_the_part_fits_every_screen(open_page, shot, width, scheme):
    page = open_page(viewport={"width": width, "height": 844}, color_scheme=scheme)
    open_app(page)
    page.wait_for_selector(".tc-dot.recorded", state="attached")
    page.wait_for_function("width => document.documentElement.scrollWidth <= width", arg=width)
    page.locator(".tc-downloads").scroll_into_view_if_needed()
    box = page.locator(".tc-downloads").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= width
    shot(f"takeaway-{width}-{scheme}", page, full_page=True)


def test_assistants_find_the_tools_and_can_call_one(server):
    from mcp import ClientSession
    from mcp.client.streamable_http import streamablehttp_client

    async def talk():
        address = f"{server}/gradio_api/mcp/"
        async with streamablehttp_client(address) as (read, write, _), ClientSession(read, write) as session:
            await session.initialize()
            tools = (await session.list_tools()).tools
            asked = {"run_id": RECORDED[0], "threshold": 0.1}
            return tools, await session.call_tool("what_if", asked)

    with ThreadPoolExecutor(1) as pool:  # Playwright keeps a loop of its own in this thread
        tools, answer = pool.submit(lambda: asyncio.run(talk())).result()
    by_name = {tool.name: tool for tool in tools}
    assert set(by_name) == {"compare", "what_if", "signals", "calibrate", "models", "runs"}
    assert all(len(tool.description.split()) > 8 for tool in tools)
    fields = by_name["what_if"].inputSchema["properties"]
    assert all(field["description"] and isinstance(field["type"], str) for field in fields.values())
    assert not answer.isError and "ideal_speedup" in answer.content[0].text
