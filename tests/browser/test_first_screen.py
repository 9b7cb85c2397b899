"""What a visitor sees before doing anything."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.steps import at_rest, comes_by, open_app, still
from tests.representative import first_of


def test_a_recorded_run_is_on_screen_without_scrolling(page, shot):
    open_app(page)
    at_rest(page)
    shot("first-screen")
    for part in ("#tc-threshold", "#tc-run", "#tc-stop", "#tc-prompt", "#tc-seed", "#tc-steps", "#tc-model"):
        assert page.locator(part).bounding_box()["y"] < 768, part
    recorded = page.locator("#tc-recorded").bounding_box()
    assert recorded["y"] + recorded["height"] <= 768
    transport = page.locator(".tc-transport").bounding_box()
    assert transport["y"] + transport["height"] <= 768
    assert page.locator(".tc-cell.reused").count() > 0
    expect(page.locator("[data-fig=psnr] b")).to_contain_text("dB")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366


def test_the_recorded_run_is_on_screen_before_any_script_and_gives_way_to_the_page(open_page, shot):
    still = open_page(java_script_enabled=False)
    still.goto("/")
    poster = still.locator("#tc-poster")
    expect(poster.locator(".figures b", has_text=" dB")).to_be_visible()
    expect(poster.locator(".strip i")).to_have_count(50)
    shot("poster", still)
    page = open_page()
    open_app(page)
    expect(page.locator("#tc-poster")).to_have_count(0)


def test_both_videos_are_drawn_from_one_file(page):
    open_app(page)
    page.wait_for_selector(".tc-stage.filled")
    expect(page.locator(".tc-stage canvas:visible")).to_have_count(2)
    colours = page.evaluate(
        """() => [...document.querySelectorAll('.tc-stage canvas')].filter((c) => c.offsetParent).map((c) => {
          const data = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
          return new Set(data).size;
        })"""
    )
    assert min(colours) > 8


def test_the_dark_theme_is_dark_everywhere(open_page, shot):
    page = open_page(color_scheme="dark")
    open_app(page, "/?__theme=dark")
    at_rest(page)
    shot("dark", page)
    backgrounds = page.evaluate(
        """() => ['.tc-fig', '.tc-plot-card', '.tc-player', '.tc-rivals', '#tc-prompt']
          .map((name) => getComputedStyle(document.querySelector(name)).backgroundColor)
          .map((colour) => colour.match(/\\d+/g).slice(0, 3).map(Number))"""
    )
    assert all(max(colour) < 70 for colour in backgrounds)


@pytest.mark.parametrize(
    "language, word", first_of(("zh-CN", "阈值 δ"), ("de-DE", "Schwelle δ"), ("fr-FR", "Threshold δ"))
)
def test_the_browsers_language_is_spoken(open_page, shot, language, word):
    page = open_page(locale=language)
    open_app(page)
    page.get_by_text(word, exact=True).first.wait_for()
    assert "undefined" not in page.inner_text("body") and "tc_" not in page.inner_text("body")
    shot(f"language-{language[:2]}", page)


KEEP_NAMES = """
window.names = new Set();
const look = () => {
  const buttons = document.querySelectorAll('#tc-recorded button');
  buttons.forEach((button) => window.names.add(button.textContent.trim()));
  requestAnimationFrame(look);
};
addEventListener('DOMContentLoaded', look);
"""


def test_the_recorded_runs_are_never_seen_in_another_language(open_page):
    page = open_page(locale="de-DE")
    page.add_init_script(KEEP_NAMES)
    open_app(page)
    page.wait_for_selector("#tc-recorded button[data-tip]")
    names = page.evaluate("[...window.names]")
    seen = page.evaluate(
        "[...document.querySelectorAll('#tc-recorded button')].map((b) => b.textContent.trim())"
    )
    assert sorted(names) == sorted(set(seen))  # two models have a run of few steps
    assert re.fullmatch(r"getreu \d,\d×", names[0])


SKETCHED = """(() => {
  const texts = [...document.querySelectorAll('.tc-sketch text')].map((text) => text.textContent);
  return texts.includes('0,05') && !texts.some((text) => text.includes('.'));
})()"""


def test_the_sketch_writes_numbers_as_the_plot_does(open_page):
    page = open_page(locale="de-DE")
    open_app(page)
    at_rest(page)
    with comes_by(page, SKETCHED):
        page.evaluate("teacache.refresh()")


def test_a_phone_need_not_scroll_sideways(open_page, shot):
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    open_app(page)
    at_rest(page)
    shot("phone", page, full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


COUNT_PLAYS = """
window.plays = 0;
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () { window.plays += 1; return play.call(this); };
"""


def test_no_motion_is_started_for_those_who_asked_for_none(open_page):
    page = open_page(reduced_motion="reduce")
    page.add_init_script(COUNT_PLAYS)
    open_app(page)
    at_rest(page)
    assert page.locator(".tc-transport [data-icon]").get_attribute("data-icon") == "play"
    assert page.evaluate("window.plays") == 0
    page.locator(".tc-transport [data-icon]").click()
    page.wait_for_function("window.plays === 1")


WATCH_SHIFTS = """
window.shifts = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (window.watching) window.shifts += entry.value;
}).observe({ type: 'layout-shift', buffered: true });
"""


def test_nothing_jumps_when_the_plot_comes_in(open_page):
    page = open_page(cold=True)
    page.add_init_script(WATCH_SHIFTS)
    open_app(page)
    page.evaluate("window.watching = true")
    at_rest(page)
    assert page.evaluate("window.shifts") < 0.02


def test_a_changed_address_leaves_the_plots_clips_and_hatches(page):
    open_app(page)
    at_rest(page)
    page.evaluate("history.replaceState(null, '', '?step=3')")
    clips = page.evaluate(
        "[...document.querySelectorAll('.tc-plot-graph [clip-path]')].map((e) => e.getAttribute('clip-path'))"
    )
    assert clips and all(clip.startswith(("url(#", "url('#")) for clip in clips)


# Words that an ellipsis or an edge cuts; what scrolls on purpose is left out.
CUT = """() => [...document.querySelectorAll('.tc-root *, #tc-left label, #tc-left button')]
  .filter((e) => e.offsetParent && !e.closest('.tc-plot, .tc-sr, code, pre, .tc-history-list, select'))
  .filter((e) => [...e.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
  .filter((e) => getComputedStyle(e).overflowX !== 'visible' && e.scrollWidth > e.clientWidth + 1)
  .map((e) => e.textContent)"""


@pytest.mark.parametrize("language", first_of("de-DE", "en-US", "zh-CN"))
def test_no_word_is_cut(open_page, language):
    page = open_page(locale=language)
    open_app(page)
    at_rest(page)
    page.evaluate("teacache.emit('point', 21)")
    page.wait_for_function("document.querySelector('.tc-say b')")
    for width, height in ((1366, 768), (1024, 768), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        still(page)
        assert page.evaluate(CUT) == [], width


NAMELESS = """() => {
  const kinds = ['button', '[role=slider]', 'input', 'select'].map((kind) => '.tc-root ' + kind).join();
  const told = (e) => [...(e.labels || [])].map((label) => label.textContent).join('');
  const label = (e) => e.getAttribute('aria-label') || e.getAttribute('aria-valuetext') || told(e);
  const named = (e) => e.textContent.trim() || label(e);
  return [...document.querySelectorAll(kinds)].filter((e) => !named(e)).map((e) => e.outerHTML);
}"""


def test_every_button_has_a_name(page):
    open_app(page)
    assert page.evaluate(NAMELESS) == []


# Ratios after WCAG 2.1, success criterion 1.4.3; text of 4.5 to 1 or more is readable for most.
TOO_FAINT = """() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const linear = (v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const colour = rgb(getComputedStyle(e).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const ratio = (e) => {
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };
  const hasText = (e) => [...e.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  return [...document.querySelectorAll('.tc-root *')]
    .filter((e) => e.offsetParent && hasText(e) && !e.closest('.tc-plot-graph, :disabled'))
    .map((e) => [ratio(e), e.className || e.tagName, e.textContent.slice(0, 30)])
    .filter(([found]) => found < 4.5);
}"""


@pytest.mark.parametrize("theme", first_of("dark", "light"))
def test_all_text_of_ours_has_contrast(open_page, theme):
    page = open_page(color_scheme=theme)
    open_app(page, f"/?__theme={theme}")
    at_rest(page)
    assert page.evaluate(TOO_FAINT) == []
