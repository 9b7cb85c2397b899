"""The diagram of the mechanism: where it stands, whose model it names, and what is in its boxes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from playwright.sync_api import expect

from tests.browser.steps import at_rest, move_slider, open_app

BARS = ".tc-mech .bars rect"


def opened(page, path: str):
    page.goto(path)
    page.wait_for_selector(".tc-stage.filled")
    page.wait_for_function("Boolean(window.teacache && teacache.currentFacts())")
    return page


def point(page, call: int) -> None:
    page.evaluate("call => teacache.emit('point', call)", call)


def below(page, upper: str, lower: str) -> bool:
    above = page.locator(upper).bounding_box()
    return page.locator(lower).bounding_box()["y"] >= above["y"] + above["height"]


def test_in_lab_it_stands_below_the_clips_in_simple_above_the_steps_and_it_moves_with_the_level(page):
    open_app(page, "/?level=lab")
    at_rest(page)
    expect(page.locator(".tc-mech")).to_have_count(1)
    assert below(page, ".tc-player", ".tc-mech")
    assert page.locator(".tc-mech").bounding_box()["height"] < 130  # one row
    page.click(".tc-level [data-level=simple]")
    assert below(page, ".tc-mech", ".tc-strip")
    page.click(".tc-level [data-level=lab]")
    assert below(page, ".tc-player", ".tc-mech")


def test_lesson_six_lights_it_and_it_tells_nothing_of_what_is_veiled(page):
    open_app(page, "/?tour=6&level=lab")
    page.wait_for_selector(".tc-tour:visible")
    expect(page.locator(".tc-mech.tc-lit")).to_be_visible()
    assert below(page, ".tc-mech", ".tc-plot")
    caption = page.locator(".tc-mech .caption")
    seen = caption.text_content()
    played = int(page.evaluate("document.querySelector('.tc-cell.current').dataset.i"))
    assert seen.startswith(f"Step {played + 1}:")
    for call in (played + 1, played + 4):
        point(page, call)
        assert caption.text_content() == seen
    point(page, played - 1)
    expect(caption).to_contain_text(f"Step {played}:")
    page.keyboard.press("Escape")
    assert below(page, ".tc-player", ".tc-mech")


def test_the_change_opens_as_equation_4_with_both_steps_and_the_number(page):
    opened(page, "/?level=simple")
    point(page, 8)
    page.locator(".tc-mech .change .frame").click()
    change = page.evaluate("teacache.num(teacache.view().columns.ind[8])")
    formula = page.locator(".tc-formula")
    assert formula.text_content() == f"L1rel = ‖F9 − F8‖1‖F8‖1 = {change}"
    assert change in formula.get_attribute("aria-label")
    point(page, 0)  # nothing was before it
    expect(formula).to_have_count(0)


DOT = """() => ['cx', 'cy'].map((name) =>
  Number(document.querySelector('.tc-mech-figure .call').getAttribute(name)))"""
# Where the curve is at the height of the dot's place.
CURVE = """x => {
  const line = document.querySelector('.tc-mech-figure polyline.estimate');
  const points = line.getAttribute('points').split(' ').map((pair) => pair.split(',').map(Number));
  const i = points.findIndex(([across]) => across >= x);
  const [[a, b], [c, d]] = [points[Math.max(0, i - 1)], points[i]];
  return a === c ? d : b + ((d - b) * (x - a)) / (c - a);
}"""


@pytest.mark.parametrize("call", [3, 8, 30])
def test_the_polynomial_opens_with_its_curve_and_the_call_lies_on_it(page, call):
    opened(page, "/?level=simple")
    page.locator(".tc-mech .rescaled .frame").click()
    point(page, call)
    across, down = page.evaluate(DOT)
    assert page.evaluate(CURVE, across) == pytest.approx(down, abs=2.5)  # pixels


# How long the bar is, and how long it is to be: the axis has half as much again as the threshold.
BAR = """() => {
  const svg = document.querySelector('.tc-mech-figure.tc-gauge svg');
  const { columns: { acc, computed }, threshold } = teacache.view();
  const bar = svg.querySelector(computed[8] ? '.computed' : '.reused');
  const drawn = bar && Number(bar.getAttribute('width')) / svg.viewBox.baseVal.width;
  return [drawn, Math.min(1, acc[8] / (1.5 * threshold))];
}"""


def test_the_sum_opens_as_the_tour_s_bar_against_the_threshold(page):
    opened(page, "/?level=simple")
    page.locator(".tc-mech .sum .frame").click()
    point(page, 8)
    drawn, wanted = page.evaluate(BAR)
    assert drawn == pytest.approx(wanted, abs=0.01)
    move_slider(page, page.evaluate("teacache.view().threshold * 2"))
    page.wait_for_function(f"() => {{ const [a, b] = ({BAR})(); return Math.abs(a - b) < 0.01; }}")
    assert page.evaluate(BAR)[1] != pytest.approx(wanted, abs=0.02)  # it had to move


def test_a_chosen_model_is_named_before_any_run_of_it_and_a_step_is_still_the_run_s(page):
    opened(page, "/?level=lab")
    page.wait_for_function("document.querySelectorAll('.tc-mech .bars rect').length === 16")
    page.click("#tc-model input")
    page.get_by_role("option", name="Wan 2.1, 1.3B").click()
    expect(page.locator(BARS)).to_have_count(30)
    caption = page.locator(".tc-mech .caption")
    expect(caption).to_contain_text("Wan 2.1, 1.3B")
    expect(page.locator(".tc-mech .patches .value")).to_have_text("1536 wide")
    expect(page.locator(".tc-mech .compared .name")).to_have_text("Timestep embedding")
    assert page.locator(".tc-mech .sum .value").text_content() == "–"  # no number of another model
    for box in page.locator(".tc-mech .box").all():
        box.locator(".frame").click()
        said = page.locator(".tc-mech-more").text_content()
        assert len(said) > 20 and "–" not in said and "{" not in said, said
    page.locator(".tc-mech .output .frame").click()
    point(page, 8)
    expect(caption).to_contain_text("Shapes, Step 9:")
    expect(page.locator(BARS)).to_have_count(16)
    point(page, None)
    expect(page.locator(BARS)).to_have_count(30)


def test_a_model_of_sixty_blocks_has_sixty_bars(page):
    opened(page, "/?level=lab")
    page.click("#tc-model input")
    page.get_by_role("option", name="HunyuanVideo").first.click()
    expect(page.locator(BARS)).to_have_count(60)
    frame, *bars = page.evaluate(
        """() => [...document.querySelectorAll(".tc-mech .blocks rect")]
          .map((one) => one.getBBox()).map(({ x, width }) => [x, width])"""
    )
    assert all(a[0] + a[1] < b[0] for a, b in pairwise(bars))  # each for itself
    assert bars[-1][0] + bars[-1][1] <= frame[0] + frame[1]
