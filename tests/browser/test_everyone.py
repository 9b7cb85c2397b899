"""Whom the page must not keep out: by ear, by keyboard, on a phone, in another language, on a slow line."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import watch
from tests.browser.steps import at_rest, comes_by, open_app, still

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
BROKEN = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ['violations'] });
  const grave = violations.filter((v) => ['serious', 'critical'].includes(v.impact));
  return grave.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target} ${n.html.slice(0, 200)}`));
}"""
OPEN_ALL = """() => {
  document.querySelectorAll('.label-wrap').forEach((fold) => fold.click());
  document.querySelectorAll('details').forEach((fold) => (fold.open = true));
}"""
KIB = 1024


def broken(page) -> list[str]:
    """What axe finds serious or critical on the page as it stands."""
    still(page)  # a colour that is still fading has the contrast of neither end
    return page.evaluate(BROKEN)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_any_state_of_the_page(open_page, theme):
    page = open_page(color_scheme=theme)
    open_app(page, f"/?__theme={theme}")
    at_rest(page)
    page.add_script_tag(path=AXE)
    found = {"first screen": broken(page)}
    page.evaluate(OPEN_ALL)
    page.evaluate("teacache.inspect.open(5)")
    found["all folds open, one step looked into"] = broken(page)
    page.evaluate("teacache.inspect.close()")
    for lesson in (0, 3, 5, 7) if theme == "light" else (3,):
        page.evaluate("lesson => teacache.tour.show(lesson)", lesson)
        found[f"lesson {lesson + 1}"] = broken(page)
    page.evaluate("teacache.tour.close()")
    page.evaluate("teacache.toast('A sentence that must not be missed.')")
    page.evaluate("document.querySelector('[data-mode=wipe]').click()")
    found["a refusal, the wipe"] = broken(page)
    assert {state: faults for state, faults in found.items() if faults} == {}


@pytest.mark.parametrize("width, height", [(390, 844), (820, 1180), (1366, 768), (1920, 1080)])
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
    page.goto("/")
    page.get_by_text("Schwelle δ", exact=True).first.wait_for()
    expect(page.locator("#tc-tour-start")).to_have_text("Tour")
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
    troubles = watch(context, server)
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    addresses, sizes = {}, {}
    wire.on(
        "Network.responseReceived",
        lambda event: addresses.__setitem__(event["requestId"], event["response"]["url"]),
    )
    wire.on(
        "Network.loadingFinished",
        lambda event: sizes.__setitem__(event["requestId"], event["encodedDataLength"]),
    )
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
