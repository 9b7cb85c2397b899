"""The diagram of the mechanism: where it stands, whose model it names, and what is in its boxes."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.steps import at_rest, move_slider, open_app
from tests.representative import first_of

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
    expect(page.locator(".tc-mech .compared .name")).to_have_text("Compared embedding")
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


STOPS = ".tc-mech :is([data-box], [data-way])"
# Of a box or an arrow: a point that belongs to it, or none.
SPOT = """async node => {
  node.scrollIntoView({ block: 'center' });
  for (const _ of 'ab') await new Promise((done) => requestAnimationFrame(done)); // scrolling hides it
  const own = ([x, y]) => document.elementFromPoint(x, y)?.closest('[data-box], [data-way]') === node;
  const path = node.querySelector('.reach');
  if (!path) {
    const { x, y, width, height } = node.getBoundingClientRect();
    return [[x + width / 2, y + height / 2]].find(own) ?? null;
  }
  const [length, there] = [path.getTotalLength(), path.getScreenCTM()];
  const at = (share) => path.getPointAtLength(share * length).matrixTransform(there);
  return [0.5, 0.4, 0.6, 0.2, 0.8].map(at).map(({ x, y }) => [x, y]).find(own) ?? null;
}"""
# What the bubble says, whether all of it is on the screen, and whether it lies on what it explains.
BUBBLE = """node => {
  const bubble = document.querySelector('.tc-tip.on');
  if (!bubble) return null;
  const [own, at] = [bubble, node].map((one) => one.getBoundingClientRect());
  const apart = own.bottom <= at.top || own.top >= at.bottom || own.right <= at.left || own.left >= at.right;
  const whole = own.left >= 0 && own.top >= 0 && own.right <= innerWidth && own.bottom <= innerHeight;
  return [bubble.textContent, whole, apart];
}"""
OF_CODE = re.compile(r"[a-z]_[a-z]|[a-z][A-Z0-9]\w*[A-Z]|[{}]|NaN|undefined")


def is_plain(text: str) -> bool:
    return len(text) > 8 and text[-1] in ".。" and not OF_CODE.search(text)


@pytest.mark.parametrize("run", first_of("1-faithful", "scenes-1-faithful"))
@pytest.mark.parametrize("language", first_of("de-DE", "en-US", "zh-CN"))
def test_every_box_and_arrow_says_a_plain_sentence_beside_itself_on_the_screen(open_page, run, language):
    page = opened(open_page(locale=language), f"/?run={run}&level=simple")
    for width, height, layout in ((1280, 720, "wide"), (390, 844, "narrow")):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_selector(f".tc-mech svg.{layout}")
        stops = [stop for stop in page.locator(STOPS).all() if stop.is_visible()]
        assert len(stops) >= 15 + 16
        for stop in stops:
            name = stop.get_attribute("data-box") or stop.get_attribute("data-way")
            page.mouse.move(1, 1)
            spot = stop.evaluate(SPOT)
            assert spot, name
            page.mouse.move(*spot)
            text, whole, apart = stop.evaluate(BUBBLE) or ("", False, False)
            assert is_plain(text) and text == stop.get_attribute("data-tip"), (name, text)
            assert whole, (width, name)
            assert apart, (width, name)


def test_the_arrow_keys_lead_to_every_box_and_arrow_and_each_is_described_by_its_sentence(page):
    opened(page, "/?level=simple")
    visible = [stop for stop in page.locator(STOPS).all() if stop.is_visible()]
    for key, several in (("ArrowRight", 15), ("ArrowDown", len(visible))):
        page.locator(".tc-mech [tabindex='0'][data-box]").focus()
        told = set()
        for _ in range(several):
            page.keyboard.press(key)
            at = page.locator(".tc-mech :focus")
            expect(at).to_have_attribute("aria-describedby", "tc-tip")
            expect(page.locator("[aria-describedby=tc-tip]")).to_have_count(1)  # no other has its words
            assert page.locator("#tc-tip").text_content() == at.get_attribute("data-tip")
            told.add(at.get_attribute("data-box") or ("way", at.get_attribute("data-way")))
        assert len(told) == several


MODELS = ("Wan 2.1, 1.3B", "HunyuanVideo", "CogVideoX-2B", "FLUX.1-dev")


@pytest.mark.parametrize("model", first_of(*MODELS))
def test_an_opened_box_leads_with_its_plain_sentence_and_ends_with_the_names_of_the_code(page, model):
    opened(page, "/?level=lab")
    page.click("#tc-model input")
    page.get_by_role("option", name=model).first.click()
    expect(page.locator(".tc-mech .caption")).to_contain_text(model)
    named = set()
    for box in page.locator(".tc-mech .box").all():
        box.locator(".frame").click()
        plain, formula, code = page.locator(".tc-mech-words > *").all_text_contents()
        assert plain == box.get_attribute("data-tip") and is_plain(plain)
        assert formula and not re.search(r"[a-z]_[a-z]|Transformer|attn", formula)
        if code:
            assert model in code and re.search(r"Transformer\w+", code)
            named.add(box.get_attribute("data-box"))
    assert named == {"mlp", "embedding", "patches", "compared", "blocks"}


def test_a_tap_opens_a_box_and_leaves_no_bubble_over_it(open_page):
    page = opened(open_page(has_touch=True, viewport={"width": 390, "height": 844}), "/?level=simple")
    for box in ("blocks", "gate", "timestep"):
        page.locator(f".tc-mech .{box}").tap()
        node = page.locator(f".tc-mech .{box}")
        expect(node).to_have_attribute("aria-expanded", "true")
        expect(page.locator(".tc-mech-words p").first).to_have_text(node.get_attribute("data-tip"))
        expect(page.locator(".tc-tip.on")).to_have_count(0)


def test_the_file_for_a_slide_has_nothing_that_is_there_for_a_hand_alone(page):
    opened(page, "/?level=simple")
    with page.expect_download() as saved:
        page.locator(".tc-mech > .tc-take").click()
    text = Path(saved.value.path()).read_text(encoding="utf-8")
    assert "<path" in text and "data-tip" not in text and "rgba(0, 0, 0, 0)" not in text
