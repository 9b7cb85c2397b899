"""Whom the page must not keep out: by ear, by keyboard, on a phone, in another language, on a slow line."""

from __future__ import annotations

import json
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import expect

from tests.browser.steps import at_rest, comes_by, on_the_wire, open_app, still
from tests.browser.test_upload import cogvideox
from tests.browser.visitors import watch
from tests.representative import first_of
from tools import chromium
from ui.words.texts import texts

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
BROKEN = """async (parts) => {
  const { violations } = await axe.run({ include: parts }, { resultTypes: ['violations'], preload: false });
  const grave = violations.filter((v) => ['serious', 'critical'].includes(v.impact));
  return grave.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target} ${n.html.slice(0, 200)}`));
}"""
OPEN_ALL = """() => {
  document.querySelectorAll('.label-wrap').forEach((fold) => fold.click());
  document.querySelectorAll('details').forEach((fold) => (fold.open = true));
}"""
KIB = 1024
LESSONS = 11


def broken(page, *parts: str) -> list[str]:
    """What axe finds serious or critical as it stands: on the whole page, or in parts, which is quick."""
    still(page)  # a colour that is still fading has the contrast of neither end
    return page.evaluate(BROKEN, list(parts or ["html"]))


@pytest.mark.parametrize("theme", first_of("dark", "light"))
def test_axe_finds_nothing_serious_in_any_state_of_the_page(open_page, theme):
    page = open_page(color_scheme=theme)
    open_app(page, f"/?__theme={theme}")
    at_rest(page)
    page.evaluate(AXE.read_text(encoding="utf-8"))  # as a script tag the page would refuse it
    found = {"first screen": broken(page)}
    page.evaluate(OPEN_ALL)
    page.evaluate("teacache.inspect.open(5)")
    found["all folds open, one step looked into"] = broken(page)
    page.evaluate("teacache.inspect.close()")
    for lesson in range(LESSONS):
        page.evaluate("lesson => teacache.tour.show(lesson)", lesson)
        found[f"lesson {lesson + 1}"] = broken(page, ".tc-tour", "#tc-board")
    page.evaluate("teacache.tour.close()")
    page.evaluate("teacache.toast('A sentence that must not be missed.')")
    page.evaluate("document.querySelector('[data-mode=wipe]').click()")
    found["a refusal, the wipe"] = broken(page, ".tc-toasts", "#tc-player")
    assert {state: faults for state, faults in found.items() if faults} == {}


@pytest.mark.parametrize("theme", first_of("dark", "light"))
def test_axe_finds_nothing_serious_while_something_else_than_a_run_is_on_screen(open_page, theme, tmp_path):
    page = open_page(color_scheme=theme)
    open_app(page, f"/?__theme={theme}")
    at_rest(page)
    page.evaluate(AXE.read_text(encoding="utf-8"))  # as a script tag the page would refuse it
    page.evaluate("teacache.moveSlider(teacache.now.run.controls.threshold * 2)")
    page.wait_for_selector(".tc-state.whatif")
    found = {"what-if": broken(page, "#tc-board")}
    page.evaluate("teacache.starting(teacache.now.threshold)")  # as Run does before the server hears of it
    page.wait_for_selector("#tc-run[aria-disabled=true]")
    page.wait_for_selector(".tc-stage.old")
    found["a run under way"] = broken(page, "#tc-board", "#tc-buttons", "#tc-player")
    page.evaluate("teacache.stopping(), teacache.emit('failed')")
    page.evaluate("teacache.ended('failure'), teacache.ended('then')")  # as Gradio tells that it is gone
    pins = page.locator("#tc-history .tc-pin")
    pins.nth(0).click()
    pins.nth(1).click()
    page.get_by_role("button", name="Compare A and B").click()
    expect(page.locator("#tc-player figcaption").first).to_contain_text("A ·")
    found["a pair"] = broken(page, "#tc-player", "#tc-history")
    page.evaluate("teacache.emit('play', { lanes: 3, third: { steps: 25, seconds: 1.2, psnr: 30.1 } })")
    page.evaluate("document.querySelector('[data-mode=blink]').click()")
    page.wait_for_selector(".tc-against:not([hidden])")
    found["a third video"] = broken(page, "#tc-player")
    own = tmp_path / "cogvideox.json"
    own.write_text(json.dumps(cogvideox().to_json()))
    page.set_input_files("#tc-trace-file", own)
    page.wait_for_selector("body.tc-cannot")
    page.wait_for_selector(".tc-state.uploaded")
    found["a trace from elsewhere, its model not for this machine"] = broken(page, "#tc-board", "#tc-left")
    assert {state: faults for state, faults in found.items() if faults} == {}


@pytest.mark.parametrize("theme", first_of("light", "dark"))
def test_axe_finds_nothing_serious_on_a_phone(open_page, theme):
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True, color_scheme=theme)
    open_app(page, f"/?__theme={theme}")
    at_rest(page)
    page.evaluate(AXE.read_text(encoding="utf-8"))  # as a script tag the page would refuse it
    assert broken(page) == []


@pytest.mark.parametrize("width, height", first_of((390, 844), (820, 1180), (1366, 768), (1920, 1080)))
def test_no_screen_scrolls_sideways(open_page, width, height):
    page = open_page(viewport={"width": width, "height": height})
    open_app(page)
    at_rest(page)
    sideways = "document.documentElement.scrollWidth - innerWidth"
    assert page.evaluate(sideways) <= 0
    page.evaluate("teacache.inspect.open(5)")
    assert page.evaluate(sideways) <= 0
    page.evaluate("teacache.tour.show(3)")
    assert page.evaluate(sideways) <= 0


def test_a_phone_shows_the_plot_first_and_keeps_threshold_run_and_stop_at_hand(open_page):
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    open_app(page)
    at_rest(page)
    tops = [page.locator(f"#tc-{name}").bounding_box()["y"] for name in ("board", "player", "prompt")]
    assert tops == sorted(tops) and tops[0] < 844 / 2
    assert page.get_attribute(".tc-stage", "data-mode") == "wipe"
    for scrolled in (0, 900):
        page.evaluate("y => scrollTo(0, y)", scrolled)
        for name in ("threshold", "run", "stop"):
            box = page.locator(f"#tc-{name}").bounding_box()
            assert box["y"] >= 844 - 80 and box["y"] + box["height"] <= 844, name
            assert box["x"] >= 0 and box["x"] + box["width"] <= 390, name


def test_on_a_phone_a_lesson_and_a_step_leave_the_dock_and_their_figure_in_sight(open_page):
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True, reduced_motion="reduce")
    open_app(page)
    at_rest(page)
    dock = page.locator("#tc-buttons").bounding_box()
    page.evaluate("teacache.inspect.open(5)")
    cards = [".tc-step-card"] + [".tc-tour"] * 3
    for card, lesson in zip(cards, (None, 1, 5, 6), strict=True):
        if lesson is not None:
            page.evaluate("lesson => teacache.tour.show(lesson)", lesson)
        sheet, strip = page.locator(card).bounding_box(), page.locator(".tc-strip").bounding_box()
        assert sheet["y"] + sheet["height"] <= dock["y"] + 1, (card, lesson)
        assert strip["y"] + strip["height"] <= sheet["y"], (card, lesson)
    following = page.locator(".tc-tour-nav button").last.bounding_box()
    assert following["y"] + following["height"] <= dock["y"]


QUESTION_IN_SIGHT = """() => {
  const foot = document.querySelector('.tc-tour-foot').getBoundingClientRect();
  return document.querySelector('.tc-ask p').getBoundingClientRect().bottom <= foot.top;
}"""


def test_on_a_phone_a_question_below_the_edge_of_the_sheet_is_announced(open_page):
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True, locale="de-DE")
    open_app(page)
    at_rest(page)
    for lesson in (0, 1, 5, 6):
        page.evaluate("lesson => teacache.tour.show(lesson)", lesson)
        still(page)
        expect(page.locator(".tc-below")).to_be_visible(visible=not page.evaluate(QUESTION_IN_SIGHT))
        if page.locator(".tc-below").is_visible():
            page.locator(".tc-below").tap()
            page.wait_for_function(QUESTION_IN_SIGHT)
            expect(page.locator(".tc-below")).to_be_hidden()


# States of a run whose words do not fit their tile.
CUT = """names => {
  const state = document.querySelector('.tc-state'), now = state.textContent;
  const cut = names.filter((name) => {
    state.textContent = teacache.t('state_' + name, { i: 100, n: 100 });
    return state.scrollWidth > state.clientWidth;
  });
  state.textContent = now;
  return cut;
}"""
TOO_TALL = """() => {
  const legend = document.querySelector('.tc-legend');
  return legend.scrollHeight > legend.clientHeight;
}"""


@pytest.mark.parametrize("width, height", first_of((390, 844), (820, 1180), (1024, 768), (1366, 768)))
def test_every_state_and_the_whole_legend_can_be_read_and_a_what_if_moves_nothing(open_page, width, height):
    page = open_page(viewport={"width": width, "height": height}, locale="de-DE")
    open_app(page)
    at_rest(page)
    states = [name.removeprefix("state_") for name in texts("en") if name.startswith("state_")]
    assert len(states) > 9 and page.evaluate(CUT, states) == []
    plot = page.locator(".tc-plot").bounding_box()
    page.evaluate("teacache.moveSlider(teacache.now.run.controls.threshold * 2)")
    page.wait_for_selector(".tc-state.whatif")
    page.get_by_text("durch Was-wäre-wenn anders").wait_for()
    assert not page.evaluate(TOO_TALL)
    assert page.locator(".tc-plot").bounding_box() == plot


def test_on_a_phone_what_a_link_leaves_of_the_dock_has_all_of_its_width(open_page):
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    for hidden, left in (("run", "#tc-threshold"), ("threshold", "#tc-buttons")):
        open_app(page, f"/?hide={hidden}")
        assert page.locator(left).bounding_box()["width"] > 360, hidden


def test_the_page_is_heard_a_summary_at_rest_and_every_call_in_a_table(page):
    open_app(page)
    page.wait_for_function("document.querySelector('#tc-calls tbody tr') && teacache.now.table")
    steps = page.evaluate("teacache.view().columns.step.length")
    assert page.locator("#tc-calls tbody tr").count() == steps
    said = "document.querySelector('#tc-aloud').textContent"
    assert "PSNR" in page.evaluate(said)
    # Five views without a rest in between, however slow the machine is.
    page.evaluate(
        """() => {
          window.heard = 0;
          const aloud = document.querySelector('#tc-aloud');
          new MutationObserver(() => window.heard++).observe(aloud, { childList: true });
          for (const threshold of [0.1, 0.15, 0.2, 0.25, 0.3]) {
            teacache.now.threshold = threshold;
            teacache.emit('view', teacache.view());
          }
        }"""
    )
    page.wait_for_function(f"{said}.startsWith('what-if')")
    assert page.evaluate("window.heard") == 1  # five moves, one sentence


def test_the_keyboard_reaches_threshold_steps_player_and_tour_and_shows_where_it_is(page):
    open_app(page)
    at_rest(page)
    page.locator(".tc-handle").focus()
    before = page.evaluate("teacache.view().row[2]")
    page.keyboard.press("ArrowUp")
    page.wait_for_function("before => teacache.view().row[2] !== before", arg=before)
    page.locator(".tc-strip").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.tc-say').textContent.startsWith('Step 2')")
    outlined = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(outlined) == "solid"
    for control in (".tc-scale", "#tc-estimator input:checked", "#tc-run"):
        page.locator(control).focus()
        page.keyboard.press("Shift")  # the place was reached by key
        assert page.evaluate(outlined) == "solid", control
    page.keyboard.press("d")
    page.wait_for_selector(".tc-stage[data-mode=diff]")
    page.locator("#tc-tour-start").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".tc-tour h2")
    page.keyboard.press("Escape")
    page.wait_for_selector(".tc-tour", state="hidden")


def test_the_switch_changes_the_language_of_everything_and_a_reload_keeps_it(page):
    open_app(page)
    page.select_option("#tc-language", "de")
    page.get_by_text("Schwelle δ", exact=True).first.wait_for()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    open_app(page)
    page.get_by_text("Schwelle δ", exact=True).first.wait_for()
    expect(page.locator("#tc-tour-start")).to_have_text("Tour starten")
    expect(page.locator("[data-fig=steps]")).to_contain_text(page.evaluate("teacache.t('fig_steps')"))


def test_a_refusal_is_said_in_the_visitors_language(open_page):
    page = open_page(locale="de-DE")
    open_app(page)
    page.locator("#tc-prompt textarea").fill(" ")
    page.locator("#tc-prompt textarea").blur()
    with comes_by(page, "document.querySelector('.tc-toast')?.textContent.includes('Der Prompt ist leer')"):
        page.click("#tc-run")


def test_the_page_is_light_and_asks_nobody_else(browser, server):
    context = browser.new_context(base_url=server, viewport={"width": 1366, "height": 768})
    context.add_init_script(path=chromium.HANDLE)
    troubles = watch(context, server)
    page = context.new_page()
    addresses, sizes = on_the_wire(page)
    open_app(page)
    at_rest(page)
    while not any("/plotly-" in addresses.get(name, "") for name in sizes):  # told a little later
        page.wait_for_timeout(20)
    plotly = sum(size for name, size in sizes.items() if "/plotly-" in addresses.get(name, ""))
    clips = sum(size for name, size in sizes.items() if addresses.get(name, "").endswith(".mp4"))
    everything = sum(sizes.values())
    context.close()
    assert plotly > 0 and not troubles
    assert everything - plotly - clips <= 600 * KIB
    assert everything <= 2.2 * KIB * KIB
