"""The tooltip: when it opens, and that it leaves free what it explains."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.parted import PARTED
from tests.browser.steps import at_rest, open_app, still

# The part of one box that another covers.
COVERED = """([tip, thing]) => {
  const [a, b] = [tip, thing].map((name) => document.querySelector(name).getBoundingClientRect());
  const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return Math.max(0, across) * Math.max(0, down) / (b.width * b.height);
}"""
INSIDE = """() => {
  const { left, right, top, bottom } = document.querySelector('.tc-tip').getBoundingClientRect();
  return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
}"""


@pytest.fixture
def opened(open_page):
    def opens(path: str, **options):
        page = open_page(**options)
        open_app(page, path)
        page.wait_for_selector(".tc-stage.filled", state="attached")
        still(page)
        return page

    return opens


@pytest.mark.parametrize(
    "path, pointed, free",
    [
        ("/?level=simple", ".tc-fig[data-fig=psnr] .tc-term", ".tc-fig[data-fig=psnr]"),
        ("/?level=simple", ".tc-fig[data-fig=measured] .tc-term", ".tc-fig[data-fig=measured]"),
        ("/?level=lab", ".tc-fig[data-fig=ideal] .tc-term", ".tc-fig[data-fig=ideal]"),
        ("/?level=simple", ".tc-marks i >> nth=3", ".tc-track"),
        (f"/?level=simple&run={PARTED}", ".tc-lane-name >> nth=1", ".tc-strip"),
        ("/?level=lab", "#tc-history .tc-dot.recorded >> nth=3", "#tc-history figure svg"),
    ],
)
def test_a_tooltip_leaves_free_what_it_explains(opened, path, pointed, free):
    page = opened(path, viewport={"width": 1280, "height": 720})
    page.locator(pointed).first.evaluate("node => node.scrollIntoView({ block: 'nearest' })")
    still(page)  # what moves under a resting pointer opens nothing
    page.locator(pointed).first.hover(force=True)
    expect(page.locator(".tc-tip.on")).not_to_be_empty()
    assert page.evaluate(COVERED, [".tc-tip", free]) == 0
    assert page.evaluate(INSIDE)


def test_a_page_that_moves_under_a_resting_pointer_opens_no_tooltip(opened):
    page = opened("/?level=lab", viewport={"width": 1280, "height": 720})
    tip = page.locator(".tc-tip.on")
    term = page.locator(".tc-fig[data-fig=ssim] .tc-term")
    box = term.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y + 120)
    page.mouse.move(x, y + 119)
    page.evaluate("document.querySelector('#tc-page').style.paddingTop = '119px'")  # the figure comes to it
    page.wait_for_function("([x, y]) => document.elementFromPoint(x, y).closest('.tc-fig')", arg=[x, y + 119])
    page.evaluate("() => new Promise((done) => setTimeout(done, 400))")  # as a browser tells of it on its own
    # A browser tells of it by an event at the very place where the pointer rests.
    term.dispatch_event("mouseover", {"bubbles": True, "clientX": x, "clientY": y + 119})
    expect(tip).to_have_count(0)
    page.mouse.move(x + 2, y + 119)
    expect(tip).to_have_count(1)


def test_a_tooltip_comes_by_the_keyboard_and_goes_by_escape(opened):
    page = opened("/?level=lab")
    page.locator(".tc-fig[data-fig=ssim] .tc-term").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(page.locator(".tc-tip.on")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".tc-tip.on")).to_have_count(0)


# What Plotly says of the pointed step, and which of the two halves the pointer is in.
SAID = "[...document.querySelectorAll('.hoverlayer .legend text')].map((each) => each.textContent)"
DRAG = ".nsewdrag[data-subplot={}]"
SPACED = """() => {
  const steps = (trace) => [...new Set(trace.x)].sort((a, b) => a - b);
  const bars = document.querySelector('.tc-plot-graph').data.filter(({ type }) => type === 'bar');
  return bars.every((trace) => steps(trace).every((step, i, all) => !i || step - all[i - 1] === 1));
}"""


def test_what_is_said_of_a_step_stays_while_other_news_comes(opened):
    page = opened("/?level=lab", viewport={"width": 1280, "height": 720})
    at_rest(page)
    box = page.locator(DRAG.format("xy")).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.8)
    page.wait_for_function(f"({SAID}).length > 1")
    still(page)
    said = page.evaluate(SAID)
    page.evaluate("teacache.emit('controls', {})")  # after which everything is drawn anew
    still(page)
    assert page.evaluate(SAID) == said


@pytest.mark.parametrize("path", ["/?level=lab", "/?run=scenes-1-faithful&level=lab&threshold=0.4"])
def test_in_either_half_of_the_plot_a_step_is_said_with_its_own_figures(opened, path):
    page = opened(path, viewport={"width": 1280, "height": 720})
    page.wait_for_selector(".tc-plot-graph .barlayer path", state="attached")
    at_rest(page)  # the threshold of the link is drawn, too: what is said of a step goes with its drawing
    assert page.evaluate(SPACED)
    steps = page.evaluate("teacache.view().steps")
    for half in ("xy", "xy2"):
        box = page.locator(DRAG.format(half)).bounding_box()
        for step in (0, 1, 2, steps // 2, steps - 2, steps - 1):
            page.mouse.move(box["x"] + box["width"] * (step + 0.6) / steps, box["y"] + box["height"] * 0.8)
            page.wait_for_function(f"({SAID})[0] === 'Step {step + 1}'")
            still(page)  # its figures are written after its name
            rest = page.evaluate(SAID)[1:]
            calls = page.evaluate("i => teacache.view().columns.step.filter((s) => s === i).length", step)
            estimates = [text for text in rest if text.startswith("estimated")]
            none_yet = step == 0  # nothing comes before it
            assert len(estimates) == (0 if none_yet else calls), (half, step, rest)
            assert any("computed by rule" in text for text in rest) == (step in (0, steps - 1)), rest
