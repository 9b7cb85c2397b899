"""The hand and the video: dragging the threshold of the first recorded run moves its clip and its figures."""

from __future__ import annotations

import re
from itertools import product

import pytest
from playwright.sync_api import expect

from tests.browser.steps import move_slider, open_app, still
from tests.representative import one_of_each

PAINT_MS = 80  # from a drag to the changed video, p95, warm
# What the second canvas shows, as a number.
SEEN = """() => {
  const canvas = document.querySelectorAll('.tc-stage canvas')[1];
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return data.reduce((sum, value, i) => (sum * 31 + value * (i % 7 + 1)) % 1e9, 7);
}"""


@pytest.fixture
def dragged(page):
    """Simple, its clip at rest on one frame, the ladder's clips fetched."""
    open_app(page, "/?level=simple")
    page.wait_for_selector(".tc-stage.filled")
    page.wait_for_function("teacache.currentFacts()?.ladder")
    page.keyboard.press(".")  # a frame on, and at rest
    page.hover("#tc-threshold")
    page.wait_for_load_state("networkidle")
    return page


def rungs(page):
    return page.evaluate("teacache.currentFacts().ladder.rungs")


def caption(page):
    return page.locator(".tc-stage figcaption").nth(1)


def test_the_clip_its_seconds_psnr_and_ssim_are_the_recording_s_and_come_back(dragged, shot):
    own, before = caption(dragged).text_content(), dragged.evaluate(SEEN)
    bold = rungs(dragged)[-1]
    move_slider(dragged, bold["threshold"])
    expect(caption(dragged)).to_contain_text("TeaCache at δ")
    expect(dragged.locator("[data-fig=psnr] b")).to_have_text(f"{bold['psnr']:.1f} dB")
    expect(dragged.locator("[data-fig=measured] b")).to_have_text(f"{bold['measured']:.2f}×")
    assert dragged.evaluate(SEEN) != before
    assert dragged.locator(".tc-frame-bars button").count() == len(bold["frames"])
    shot("dragged", dragged)
    move_slider(dragged, dragged.evaluate("teacache.now.run.controls.threshold"))
    expect(caption(dragged)).to_have_text(own)
    dragged.wait_for_function(f"({SEEN})() === {before}")


def test_the_ring_moves_along_teacache_s_own_curve(dragged):
    dragged.click(".tc-level [data-level=lab]")  # Simple has no plot of the runs
    ring = dragged.locator(".tc-history .ring")
    expect(ring).to_be_hidden()
    points = dragged.locator(".tc-history .curve").get_attribute("points").split()
    own = dragged.evaluate("teacache.now.run.controls.threshold")  # the run on screen lies on the line, too
    thresholds = sorted([own, *(rung["threshold"] for rung in rungs(dragged))])
    assert len(points) == len(thresholds)
    dot = dragged.locator(".tc-history .tc-dot.shown circle").last
    assert points[thresholds.index(own)].split(",") == [dot.get_attribute("cx"), dot.get_attribute("cy")]
    for place in (1, len(points) - 1):
        move_slider(dragged, thresholds[place])
        x, y = points[place].split(",")
        expect(ring).to_have_attribute("cx", x)
        expect(ring).to_have_attribute("cy", y)
    dragged.click("#tc-run-2-gentle")
    dragged.wait_for_function("teacache.now.run.run === '2-gentle'")
    expect(dragged.locator(".tc-history .curve")).to_have_attribute("points", "")


def test_between_two_recordings_the_nearest_is_shown_and_said(dragged):
    found = dragged.evaluate(
        """() => {
          const { rungs } = teacache.currentFacts().ladder;
          const known = new Set(rungs.map(({ schedule }) => schedule));
          const own = teacache.now.run.cached.computed.join('');
          const rows = teacache.now.table.rows.filter(([, , bits]) => !known.has(bits) && bits !== own);
          const [low, high] = rows[Math.floor(rows.length / 3)];
          return (low + high) / 2;
        }"""
    )
    move_slider(dragged, found)
    expect(caption(dragged)).to_contain_text("nearest: δ")
    assert "recording at δ" in dragged.locator("[data-fig=psnr] span").get_attribute("data-tip")
    assert "dim" in dragged.locator("[data-fig=psnr]").get_attribute("class")
    whose = caption(dragged).text_content().split("δ")[1].split()[0]
    for figure in ("measured", "psnr", "ssim"):
        beside = dragged.locator(f"[data-fig={figure}] small")
        expect(beside).to_be_visible()
        expect(beside).to_have_text(re.compile(rf"at δ\s{re.escape(whose)}"))
    expect(dragged.locator(".tc-line")).to_contain_text(f"from the recording at δ {whose}, the nearest")
    asked = dragged.evaluate("teacache.delta(teacache.now.threshold)")
    for figure in ("steps", "ideal"):  # which the what-if knows of the threshold itself
        beside = dragged.locator(f"[data-fig={figure}] small")
        expect(beside).to_have_text(re.compile(rf"at δ\s{re.escape(asked)}"))
    assert asked != whose


@pytest.mark.parametrize("run, threshold", [("scenes-1-faithful", 0.0134051), ("scenes-1-faithful", 0.0135)])
def test_beside_a_recording_of_nearly_the_same_threshold_other_steps_are_told_apart(page, run, threshold):
    open_app(page, f"/?level=simple&run={run}")
    page.wait_for_function("teacache.currentFacts()?.ladder")
    move_slider(page, threshold)
    page.wait_for_function("teacache.view().kind === 'whatif'")
    expect(page.locator(".tc-line")).to_contain_text("the nearest")
    of = {name: page.inner_text(f"[data-fig={name}] small").split() for name in ("ideal", "measured", "psnr")}
    assert of["ideal"] != of["measured"] == of["psnr"]
    expect(page.locator(".tc-state")).to_have_text("what-if")


@pytest.mark.parametrize("claim", ["exact", "drifted"])
def test_state_and_sentence_agree_on_whether_the_steps_on_screen_were_recorded(dragged, claim):
    """A replay of Shapes is approximate: at some of its recordings it foretells other steps."""
    table = "teacache.now.table.rows"
    at = dragged.evaluate(
        f"""claim => teacache.currentFacts().ladder.rungs.find(({{ threshold, schedule }}) =>
          ({table}[teacache.find({table}, threshold)][2] === schedule) === (claim === 'exact')
        ).threshold""",
        claim,
    )
    move_slider(dragged, at)
    said, state = (
        ("These very steps were recorded", "recorded run") if claim == "exact" else ("not quite", "what-if")
    )
    expect(dragged.locator(".tc-line")).to_contain_text(said)
    expect(dragged.locator(".tc-state")).to_have_text(state)
    of = {name: dragged.inner_text(f"[data-fig={name}] small").split() for name in ("ideal", "measured")}
    assert (of["ideal"] == of["measured"]) == (claim == "exact")


# Figures that a note lies over.
CROWDED = """() => [...document.querySelectorAll('.tc-fig')].filter((tile) => {
  const [figure, note] = [tile.querySelector('b'), tile.querySelector('small')];
  if (!note?.checkVisibility()) return false;
  const range = new Range();
  range.selectNodeContents(figure);
  const [a, b] = [range.getBoundingClientRect(), note.getBoundingClientRect()];
  const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  return across > 0 && Math.min(a.bottom, b.bottom) > Math.max(a.top, b.top);
}).map((tile) => tile.textContent)"""


@pytest.mark.parametrize(
    "width, language", one_of_each(product((390, 821, 1024, 1280), ("de", "en", "zh")), lambda screen: screen)
)
def test_whose_a_figure_is_lies_beside_it_on_every_screen(open_page, width, language):
    page = open_page(viewport={"width": width, "height": 800})
    open_app(page, f"/?lang={language}&level=simple")
    page.wait_for_function("teacache.currentFacts()?.ladder")
    for level in ("simple", "lab"):
        page.evaluate("level => document.querySelector(`[data-level=${level}]`).click()", level)
        for place in (0.2, 0.4, 0.5):
            page.evaluate("place => teacache.goTo(Math.round(place * teacache.now.table.rows.length))", place)
            page.wait_for_function("teacache.view().kind === 'whatif'")
            still(page)
            assert page.evaluate(CROWDED) == [], (level, place)
            assert page.evaluate(CUT) == [], (level, place)


CUT = """() => [...document.querySelectorAll('.tc-fig b')]
  .filter((figure) => figure.scrollWidth > figure.clientWidth).map((figure) => figure.textContent)"""
ONLY_A_RUN = (("en", "after a run"), ("de", "nach dem Lauf"), ("zh", "运行后可知"))


@pytest.mark.parametrize("language, words", ONLY_A_RUN)
def test_a_drag_on_a_run_without_recordings_says_what_only_a_run_would_tell(open_page, shot, language, words):
    page = open_page(viewport={"width": 1280, "height": 720})
    open_app(page, f"/?run=2-gentle&level=simple&lang={language}")
    page.wait_for_function("teacache.now.table?.run === '2-gentle'")
    move_slider(page, page.evaluate("teacache.now.threshold * 4"))
    page.wait_for_function("teacache.view().kind === 'whatif'")
    for figure in ("measured", "psnr", "ssim"):
        expect(page.locator(f"[data-fig={figure}] b")).to_have_text(words)
    ideal = page.evaluate("teacache.fixed(teacache.view().total / teacache.view().computed, 2)")
    expect(page.locator("[data-fig=ideal] b")).to_have_text(f"{ideal}×")
    expect(page.locator(".tc-line")).to_contain_text(page.evaluate("teacache.delta(teacache.now.threshold)"))
    assert page.evaluate(CUT) == []
    shot(f"dragged-without-recordings-{language}", page)


MARKS = """() => [...document.querySelectorAll('.tc-marks i')].map((mark) => {
  const { left, width } = mark.getBoundingClientRect();
  return left + width / 2;
})"""
THUMB = """() => {
  const range = document.querySelector('.tc-scale');
  const { left, width } = range.getBoundingClientRect();
  return left + 11 + (range.value / range.max) * (width - 22);
}"""


def test_the_track_marks_every_recording_says_what_it_is_and_goes_there(dragged):
    marks = dragged.locator(".tc-marks i")
    expect(marks).to_have_count(len(rungs(dragged)) + 1)  # the run's own is one
    expect(dragged.locator(".tc-marks-key")).to_be_visible()
    for place, rung in list(enumerate(rungs(dragged)))[::4]:
        assert f"{rung['psnr']:.1f} dB" in marks.nth(place).get_attribute("data-tip")
        marks.nth(place).click()
        dragged.wait_for_function("t => teacache.now.threshold === t", arg=rung["threshold"])
        expect(caption(dragged)).to_contain_text("TeaCache at δ")
        assert dragged.evaluate(MARKS)[place] == pytest.approx(dragged.evaluate(THUMB), abs=1.5)


def test_under_other_rules_no_recording_is_marked(dragged):
    dragged.evaluate("document.querySelector('[data-level=lab]').click()")
    dragged.locator("#tc-estimator label", has_text="Naive").click()
    expect(dragged.locator(".tc-marks i")).to_have_count(0)


def test_a_link_at_another_threshold_opens_with_its_recording(page):
    open_app(page, "/?level=simple&threshold=0.517")
    expect(caption(page)).to_contain_text("TeaCache at δ")


def test_near_the_run_s_own_threshold_its_own_clip_stays(dragged):
    own = caption(dragged).text_content()
    move_slider(dragged, dragged.evaluate("teacache.now.run.controls.threshold") * 1.03)
    expect(dragged.locator(".tc-state")).to_have_text("what-if")
    expect(caption(dragged)).to_have_text(own.replace("TeaCache", "as run: δ 0.0512 ·"))


def test_nothing_on_the_page_moves(dragged):
    parts = [".tc-figures", ".tc-mech", ".tc-strip", ".tc-stage canvas", ".tc-transport"]
    places = """(parts) => parts.map((part) => {
      const { x, y, width, height } = document.querySelector(part).getBoundingClientRect();
      return [x, y, width, height].map(Math.round).join();
    })"""
    before = dragged.evaluate(places, parts)
    for rung in rungs(dragged)[::3]:
        move_slider(dragged, rung["threshold"] * 1.1)
        dragged.wait_for_function("teacache.view().kind === 'whatif'")
        still(dragged)
        assert dragged.evaluate(places, parts) == before


def test_other_rules_show_the_run_s_own_clip(dragged):
    own = caption(dragged).text_content()
    dragged.evaluate("document.querySelector('[data-level=lab]').click()")
    dragged.locator("#tc-estimator label", has_text="Naive").click()
    dragged.wait_for_function("teacache.view().rules !== teacache.now.run.rules")
    move_slider(dragged, 0.3)
    expect(caption(dragged)).to_have_text(own.replace("TeaCache", "as run: δ 0.0512 ·"))
    expect(dragged.locator("[data-fig=psnr] b")).to_have_text("after a run")  # not measured there


def test_below_the_first_reuse_the_clip_is_the_uncached_one_and_says_so(dragged):
    first = SEEN.replace("[1]", "[0]")
    move_slider(dragged, 0.01)
    expect(caption(dragged)).to_contain_text("all computed")
    expect(dragged.locator("[data-fig=psnr] b")).to_have_text("identical")
    expect(dragged.locator(".tc-line")).to_contain_text("nothing would be reused")  # and nothing was recorded
    expect(dragged.locator(".tc-state")).to_have_text("what-if")
    dragged.wait_for_function(f"({SEEN})() === ({first})()")


@pytest.mark.alone
def test_a_drag_changes_the_video_soon_enough(dragged):
    took = dragged.evaluate(
        """async () => {
          const stage = document.querySelectorAll('.tc-stage canvas')[1];
          const frame = () => new Promise((done) => requestAnimationFrame(done));
          const { rungs } = teacache.currentFacts().ladder;
          const times = [];
          const draw = CanvasRenderingContext2D.prototype.drawImage;
          let drawn = 0;
          CanvasRenderingContext2D.prototype.drawImage = function (...given) {
            if (this.canvas === stage) drawn = performance.now();
            return draw.apply(this, given);
          };
          for (let n = 0; n < 40; n++) {
            const rung = rungs[(n * 5) % rungs.length];
            drawn = 0;
            const began = performance.now();
            teacache.moveSlider(rung.threshold);
            while (!drawn && performance.now() - began < 1000) await frame();
            times.push(drawn - began);
            await frame();
          }
          CanvasRenderingContext2D.prototype.drawImage = draw;
          return times.sort((a, b) => a - b)[Math.floor(times.length * 0.95)];
        }"""
    )
    assert 0 < took <= PAINT_MS
