"""The lessons on small and large screens: what they ask for is seen and free, and nothing is cut."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.steps import move_slider, open_app, still
from tests.browser.test_teach import LESSONS, verdict
from tests.representative import first_of, one_of_each

# Which of the lessons ask for a step of the row, and whether each cell of it can be touched.
UNCOVERED = """() => {
  const cells = [...document.querySelectorAll('.tc-strip .tc-cell')];
  return cells.every((cell) => {
    const { left, top, width, height } = cell.getBoundingClientRect();
    return document.elementFromPoint(left + width / 2, top + height / 2) === cell;
  });
}"""
ASKING = "Boolean(document.querySelector('.tc-tour .tc-ask .tc-stepper'))"
WHOLE_FIGURE = """() => {
  const box = (name) => document.querySelector(name).getBoundingClientRect();
  const figure = box('.tc-tour .tc-scatter');
  return figure.top >= box('.tc-tour').top && figure.bottom <= box('.tc-tour-foot').top;
}"""


@pytest.mark.parametrize("run", ["1-faithful", "scenes-1-faithful"])
@pytest.mark.parametrize("width, height", [(390, 844), (360, 640)])
def test_on_a_phone_what_a_lesson_asks_to_touch_is_seen_and_free(open_page, width, height, run):
    page = open_page(viewport={"width": width, "height": height}, has_touch=True, is_mobile=True)
    open_app(page, f"/?run={run}&level=simple")
    page.wait_for_selector(".tc-stage.filled")
    move_slider(page, page.evaluate("teacache.now.run.controls.threshold * 3"))
    page.wait_for_function("teacache.view().kind === 'whatif'")
    page.tap("#tc-tour-start")
    expect(page.locator(".tc-toast.note")).to_be_visible()  # which must not lie on the row either
    page.wait_for_function("teacache.course !== null")
    steps, dots = 0, 0
    for lesson in range(LESSONS):
        page.evaluate("i => teacache.tour.show(i)", lesson)
        if page.evaluate(ASKING):
            page.wait_for_function(UNCOVERED)
            still(page)
            assert page.evaluate(UNCOVERED), lesson
            page.locator(".tc-strip .tc-cell").nth(20).tap()
            expect(page.locator(".tc-tour .tc-stepper output")).to_have_text("Step 21")
            page.locator(".tc-tour .tc-ask .tc-button").tap()
            assert verdict(page) in ("right", "wrong")
            still(page)
            page.wait_for_function(UNCOVERED)  # though more is said now
            steps += 1
        elif page.locator(".tc-tour .tc-scatter").count():
            page.locator(".tc-ask").evaluate("ask => ask.scrollIntoView({ block: 'end' })")
            assert page.evaluate(WHOLE_FIGURE), lesson
            dots += 1
    assert (steps, dots) == (5, 3)


def test_the_first_lesson_counts_steps_and_seconds_as_the_page_beside_it(open_page):
    page = open_page()
    open_app(page, "/?run=1-faithful&tour=1")
    expect(page.locator(".tc-film-row")).to_have_count(2)
    noise, clips = (
        [int(text) for text in row.locator("figcaption").all_inner_texts()]
        for row in page.locator(".tc-film-row").all()
    )
    assert noise[0] == 1 and noise[-1] == page.evaluate("teacache.view().steps")
    assert clips[0] == 2  # of the first none is kept
    assert noise[1:] == clips[1:]
    # A run's seconds are one number wherever they are said.
    caption = page.inner_text(".tc-lane-a figcaption")
    seconds = re.search(r"uncached (\d+\.\d) s", caption)
    assert seconds, caption
    expect(page.locator(".tc-tour")).to_contain_text(f"that took {seconds[1]} s")


CUT_SAY = """() => {
  const say = document.querySelector('.tc-say');
  return teacache.view().columns.step.map((_, call) => {
    teacache.emit('point', call);
    const isCut = say.scrollWidth > say.clientWidth || say.scrollHeight > say.clientHeight;
    return isCut ? say.textContent : '';
  }).filter(Boolean);
}"""


@pytest.mark.parametrize("language", first_of("de-DE", "en-US"))
def test_no_sentence_about_a_step_is_cut(open_page, language):
    page = open_page(viewport={"width": 1280, "height": 720}, locale=language)
    for name in ("1-faithful", "scenes-1-faithful"):
        open_app(page, f"/?run={name}&level=lab")
        page.wait_for_function("name => teacache.now.run.run === name", arg=name)
        for width in (1280, 1366, 1480, 1024):
            page.set_viewport_size({"width": width, "height": 768})
            assert page.evaluate(CUT_SAY) == [], width
    page.set_viewport_size({"width": 1280, "height": 720})
    page.click("#tc-tour-start")
    page.evaluate("teacache.tour.show(2)")
    assert page.evaluate(CUT_SAY) == []


# Between the titles of the plot and what is drawn: curves below the upper one, curves above the lower one,
# and the upper end of the lower axis, at which the highest bars are cut.
GAPS = """() => {
  const box = (name) => document.querySelector(name).getBoundingClientRect();
  const [upper, lower] = ['upper', 'lower'].map((place) => box('.tc-axis-title.' + place));
  const curves = box('.subplot.xy .scatterlayer');
  const below = box('.nsewdrag[data-subplot=xy2]');
  return [curves.top - upper.bottom, lower.top - curves.bottom, below.top - lower.bottom].map(Math.round);
}"""


@pytest.mark.parametrize(
    "width, height, large",
    one_of_each(
        [
            (*size, large)
            for size in ((820, 1180), (1024, 768), (768, 1024), (1280, 720))
            for large in ("", "&present=1")
        ],
        lambda screen: [screen[:2], screen[2]],
    ),
)
def test_no_title_of_the_plot_touches_what_is_drawn(open_page, width, height, large):
    page = open_page(viewport={"width": width, "height": height})
    open_app(page, f"/?run=1-faithful&tour=6{large}")
    page.wait_for_selector(".tc-plot-graph .barlayer path", state="attached")
    page.wait_for_function(f"({GAPS})().every((gap) => gap > 0)")
    still(page)
    assert min(page.evaluate(GAPS)) > 0
