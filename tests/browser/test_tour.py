"""The tour's predictions, what a visit keeps of it, the lessons for an audience and on paper."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.steps import SLOW, model_ready, open_app, still
from tests.representative import first_of

LESSONS = 11
READABLE = 17  # pixels of the type, from the last row of a class
IN_FIGURES = 16  # of what is written in plots and diagrams

# What of the lesson on screen does not fit, lies outside the window or over something else of it.
CUT = """() => {
  const body = document.querySelector('.tc-tour-body');
  const staged = [...document.querySelectorAll('.tc-staged')].map((part) => part.getBoundingClientRect());
  const figure = document.querySelector('.tc-tour-figure')?.getBoundingClientRect();
  const seen = [...staged, ...(figure ? [figure] : [])];
  const out = ({ left, top, right, bottom }) =>
    left < 0 || top < 0 || right > innerWidth + 1 || bottom > innerHeight + 1;
  const found = seen.filter(out).map((box) => JSON.stringify(box));
  if (body.scrollHeight > body.clientHeight) found.push('the text is higher than the window');
  if (body.scrollWidth > body.clientWidth) found.push('the text is wider than the window');
  const meet = (a, b) =>
    a.top < b.bottom - 1 && b.top < a.bottom - 1 && a.left < b.right - 1 && b.left < a.right - 1;
  for (const [i, box] of seen.entries())
    if (seen.some((other, j) => j > i && meet(box, other))) found.push('two parts lie on each other');
  return found;
}"""
# What is painted on paper with something that does not lie on the same page.
LOST = """() => [...document.querySelectorAll('#tc-handout *')].flatMap((node) =>
  [...node.attributes].flatMap(({ value }) =>
    [...value.matchAll(/url\\([^#)]*#([\\w-]+)/g)].flatMap(([whole, id]) =>
      node.closest('.tc-handout-page').querySelector('#' + id) ? [] : [whole])))"""
# What is smaller or flatter on paper than a figure in a book.
SQUASHED = """() => [...document.querySelectorAll('#tc-handout svg:has(text)')].flatMap((svg) => {
  const [, , wide, high] = svg.getAttribute('viewBox').split(' ').map(Number);
  const box = svg.getBoundingClientRect();
  const type = parseFloat(getComputedStyle(svg.querySelector('text')).fontSize) * box.width / wide;
  return type < 10 || Math.abs(box.width / box.height / (wide / high) - 1) > 0.02
    ? [`${svg.getAttribute('class')}: ${box.width} x ${box.height}, type ${type}`] : [];
})"""
# The smallest type of plots, diagrams and captions, as it comes out on the screen.
SMALLEST = """() => Math.min(...[...document.querySelectorAll(
    '.tc-staged :is(text, .tc-key, figcaption, .tc-caption, .tc-handle), .tc-tour-figure text')]
  .filter((node) => node.textContent.trim() && node.getClientRects().length)
  .map((node) => {
    const staged = node.closest('.tc-staged');
    const svg = node.closest('svg')?.getScreenCTM?.().a;
    const enlarged = staged ? staged.getBoundingClientRect().width / staged.offsetWidth : 1;
    return parseFloat(getComputedStyle(node).fontSize) * (svg ?? enlarged);
  }))"""
# How far down the window the parts of the page and the lesson's own figure reach.
REACH = """() => Math.max(...[...document.querySelectorAll('.tc-staged, .tc-tour-figure, .tc-ask')]
  .map((part) => part.getBoundingClientRect().bottom)) / innerHeight"""
TYPE = "parseFloat(getComputedStyle(document.querySelector('.tc-tour-body')).fontSize)"


def open_tour(page, lesson=1, more=""):
    """For an audience the page itself is out of sight: nothing of it is waited for."""
    page.goto(f"/?tour={lesson}{more}", timeout=SLOW)
    wait_for_tour(page)


def wait_for_tour(page):
    page.wait_for_selector(".tc-tour:visible")
    page.wait_for_function("Boolean(window.teacache)")
    page.wait_for_function("teacache.course !== null && teacache.facts() !== null")


def show(page, lesson):
    page.evaluate("i => teacache.tour.show(i - 1)", lesson)


@pytest.mark.parametrize("language", ["en-US", "de-DE"])
def test_every_lesson_fills_a_projector_and_nothing_is_cut(open_page, language):
    page = open_page(viewport={"width": 1280, "height": 720}, locale=language)
    open_tour(page, 1, "&present=1")
    for width, height in ((1280, 720), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        for lesson in range(1, LESSONS + 1):
            show(page, lesson)
            still(page)
            assert page.evaluate(CUT) == [], f"lesson {lesson} at {width}x{height}"
            assert page.evaluate(TYPE) >= READABLE * height / 720
            assert page.evaluate(SMALLEST) >= IN_FIGURES * height / 720, f"lesson {lesson} at {height}"
            assert page.evaluate(REACH) > 0.6, f"lesson {lesson} at {height} leaves the screen empty"


# What of a lesson on a phone is not there: the figures above the text, the way on in reach.
ASIDE = """() => {
  const box = (node) => node.getBoundingClientRect();
  const [card, text, foot] = ['.tc-tour', '.tc-tour-body > p', '.tc-tour-foot'].map((name) =>
    box(document.querySelector(name)));
  const figures = [...document.querySelectorAll('.tc-staged')].map(box);
  const found = [];
  if (card.top || card.left) found.push('the card begins elsewhere');
  if (card.right !== innerWidth || card.bottom !== innerHeight) found.push('the card ends elsewhere');
  if (figures.some(({ bottom }) => bottom > text.top)) found.push('a figure lies on the text');
  const cut = ({ left, right }) => left < 0 || right > innerWidth + 1;
  if (figures.some(cut)) found.push('a figure is cut');
  if (foot.bottom > innerHeight + 1) found.push('no way on');
  const body = document.querySelector('.tc-tour-body');
  if (body.scrollWidth > body.clientWidth) found.push('it scrolls sideways');
  if (text.top + 40 > foot.top) found.push('the text begins out of sight');
  return found;
}"""


@pytest.mark.parametrize("width, height", first_of((390, 844), (768, 1024)))
def test_on_a_phone_a_lesson_fills_the_screen_with_its_figures_above_the_text(open_page, width, height):
    page = open_page(viewport={"width": width, "height": height}, has_touch=True)
    open_tour(page, 1)
    expect(page.locator(".tc-tour.sheet")).to_be_visible()
    page.get_by_role("button", name="Large type, for an audience").click()
    for lesson in range(1, LESSONS + 1):
        show(page, lesson)
        still(page)
        assert page.evaluate(ASIDE) == [], f"lesson {lesson}"
    show(page, 6)
    expect(page.locator(".tc-staged.tc-mech")).to_be_visible()
    expect(page.locator(".tc-staged .tc-plot")).to_be_visible()
    page.get_by_role("button", name="Back to the page").click()
    expect(page.locator(".tc-tour.sheet")).to_be_visible()


def swipe(page, across: int, selector: str) -> None:
    """A finger goes over something, to the side."""
    box = page.locator(selector).first.bounding_box()
    x, y = box["x"] + box["width"] / 2 - across / 2, box["y"] + box["height"] / 2
    finger = page.context.new_cdp_session(page)
    for kind, points in (
        ("touchStart", [{"x": x, "y": y}]),
        ("touchMove", [{"x": x + across, "y": y}]),
        ("touchEnd", []),
    ):
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_a_finger_turns_the_lessons_of_an_audience_but_not_what_it_drags(open_page):
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    open_tour(page, 2, "&present=1")
    for across, selector, lesson in (
        (-150, ".tc-tour-body > p", 3),
        (-150, ".tc-staged .tc-legend", 4),
        (150, ".tc-tour-body > p", 3),
        (-30, ".tc-tour-body > p", 3),
    ):
        swipe(page, across, selector)
        page.wait_for_function("lesson => teacache.touring() === lesson - 1", arg=lesson)
    show(page, 10)
    swipe(page, -150, ".tc-guess-range input")
    swipe(page, -150, ".tc-tour-body > p")
    page.wait_for_function("teacache.touring() === 10")
    swipe(page, -150, ".tc-tour-body > p")  # behind the last one is nothing
    assert page.evaluate("teacache.touring()") == 10


def test_an_audience_is_told_where_the_rest_of_the_diagram_is_shown(page):
    open_tour(page, 6, "&present=1")
    before = "getComputedStyle(document.querySelector('.tc-mech'), '::before').content"
    assert page.evaluate(before) == '"What comes before this: lesson 4"'
    show(page, 4)
    assert page.evaluate(before) == "none"  # where all of it stands


def test_an_audience_sees_the_polynomials_panel_in_its_lesson(page):
    open_tour(page, 5, "&present=1")
    panel = page.locator("#tc-polynomial .tc-poly.tc-staged")
    expect(panel.locator(".tc-poly-plot .tc-sketch")).to_be_visible()
    expect(page.locator(".tc-tour-figure .tc-scatter")).to_be_visible()
    still(page)
    inside, card = panel.locator(".tc-poly-plot").bounding_box(), panel.bounding_box()
    assert inside["y"] + inside["height"] <= card["y"] + card["height"]


def test_the_threshold_is_held_where_the_hand_is_in_an_enlarged_plot(page):
    open_tour(page, 3, "&present=1")
    still(page)
    box = page.locator(".tc-staged .tc-handle").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 40, steps=4)
    held = page.locator(".tc-staged .tc-handle").bounding_box()
    page.mouse.up()
    assert abs(held["y"] + held["height"] / 2 - (y - 40)) < 8
    assert page.evaluate("teacache.view().kind") == "whatif"


def test_a_link_opens_the_lesson_on_screen_for_an_audience(page, open_page):
    page.add_init_script("navigator.clipboard.writeText = async (text) => void (window.copied = text)")
    open_tour(page, 4, "&run=4-broken")
    page.get_by_role("button", name="Copy a link that opens this lesson large").click()
    expect(page.locator(".tc-toast")).to_contain_text("Link copied")
    address = page.evaluate("window.copied")
    assert "tour=4" in address and "present=1" in address and "run=4-broken" in address
    expect(page.locator("#tc-head")).to_be_visible()  # the page itself stays as it is
    other = open_page()
    other.goto(address, timeout=SLOW)
    wait_for_tour(other)
    expect(other.locator(".tc-tour.presented")).to_contain_text(f"4 of {LESSONS}")
    assert other.evaluate("teacache.view().run.run") == "4-broken"


def test_a_presenters_keys_turn_the_lessons_and_escape_leads_back(page):
    open_tour(page, 3, "&present=1")
    for key in ("ArrowRight", "PageDown", "PageUp"):
        page.keyboard.press(key)
    expect(page.locator(".tc-tour")).to_contain_text(f"4 of {LESSONS}")
    page.wait_for_function("location.search.includes('tour=4') && location.search.includes('present=1')")
    expect(page.locator("#tc-head")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator("#tc-head")).to_be_visible()
    expect(page.locator(".tc-tour")).to_be_visible()
    assert page.evaluate("document.activeElement.closest('.tc-tour') !== null")
    page.keyboard.press("PageDown")  # scrolls the page again
    expect(page.locator(".tc-tour")).to_contain_text(f"4 of {LESSONS}")
    page.keyboard.press("Escape")
    expect(page.locator(".tc-tour")).to_be_hidden()


def test_a_run_that_was_made_for_a_guess_judges_it(page):
    open_tour(page, 10, "&run=6-few-steps")
    model_ready(page)
    run_it = page.get_by_role("button", name="Run it here")
    page.evaluate("teacache.now.rivalsBusy = true")
    run_it.click()
    expect(page.locator(".tc-toast")).to_contain_text("still under way")
    page.evaluate("teacache.now.rivalsBusy = false")
    run_it.click()
    said = page.locator(".tc-said")
    expect(said).to_contain_text("You said 45.0 dB")
    psnr = page.evaluate("teacache.now.run.figures.psnr")
    assert page.evaluate("teacache.now.run.phase") == "done"
    expect(said).to_contain_text(f"it is {psnr:.1f} dB")


DRAWN = "[...document.querySelectorAll('.tc-guess-cell')].map((cell) => !cell.classList.contains('reused'))"


def test_a_prediction_has_a_second_try_and_draws_what_happens_whatever_was_marked(page):
    open_tour(page, 9)
    check, again = (page.get_by_role("button", name=name) for name in ("Check", "Try again"))
    task = page.evaluate("teacache.taskOf(teacache.view()).calls.map((call) => call.computed)")
    check.click()  # as if every step were computed
    expect(page.locator(".tc-said")).to_contain_text("Not yet.")
    assert page.evaluate(DRAWN) == task
    expect(page.locator(".tc-guess-cell.wrong")).to_have_count(task.count(False))
    again.click()
    expect(page.locator(".tc-said")).to_be_empty()
    expect(page.locator(".tc-guess-cell:is(.reused, .wrong, :disabled)")).to_have_count(0)
    show(page, LESSONS)
    for setup in page.locator(".tc-limit").all():
        setup.locator("input").first.check()
    check.click()
    foot, said = (page.locator(each).bounding_box() for each in (".tc-tour-foot", ".tc-said"))
    assert said["y"] + said["height"] <= foot["y"]  # though the setups have grown
    again.click()
    expect(page.locator(".tc-limit input:enabled:not(:checked)")).to_have_count(9)
    expect(page.locator(".tc-said")).to_be_empty()


def test_predictions_are_scored_kept_over_a_reload_and_forgotten(page):
    open_tour(page, 9)
    cells = page.locator(".tc-guess-cell")
    task = page.evaluate("teacache.taskOf(teacache.view()).calls.map((call) => call.computed)")
    for cell, computed in enumerate(task):
        if not computed:
            cells.nth(cell).click()
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".tc-said")).to_contain_text(f"Right. {len(task)} of {len(task)} steps")
    show(page, 10)
    page.locator("#tc-guess-db").evaluate(
        "(range) => { range.value = 20; range.dispatchEvent(new Event('input')); }"
    )
    page.get_by_role("button", name="Take the recorded run").click()
    expect(page.locator(".tc-said")).to_contain_text(
        re.compile(r"Not yet. You said 20.0 dB; it is \d\d.\d dB")
    )
    page.wait_for_function("location.search.includes('tour=10')")
    page.reload()
    wait_for_tour(page)
    expect(page.locator(".tc-said")).to_contain_text("You said 20.0 dB")
    expect(page.locator(".tc-tour-dots .done")).to_have_count(1)
    page.goto("/?tour=10&lang=de", timeout=SLOW)
    wait_for_tour(page)
    expect(page.locator(".tc-said")).to_be_empty()  # what is kept was said in English
    show(page, LESSONS)
    expect(page.locator(".tc-tour-foot")).to_contain_text(re.compile(r"PSNR: \d+,\d dB daneben"))
    page.goto(f"/?tour={LESSONS}&lang=en", timeout=SLOW)
    wait_for_tour(page)
    expect(page.locator(".tc-tour-foot")).to_contain_text(f"Steps foretold: {len(task)} of {len(task)}.")
    page.get_by_role("button", name="Forget my answers").click()
    expect(page.locator(".tc-tour-dots .done")).to_have_count(0)
    assert page.evaluate("document.activeElement.closest('.tc-tour') !== null")
    best = "teacache.course.limits.slice(1).map(({ psnr }) => teacache.nearestOf(psnr))"
    for setup, method in enumerate(page.evaluate(best)):
        page.locator(".tc-limit").nth(setup).locator(f"[value={method}]").check()
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".tc-said")).to_contain_text("Right. 3 of 3")
    expect(page.locator(".tc-limit-figures .best")).to_have_count(3)
    expect(page.locator(".tc-limit input:enabled")).to_have_count(0)
    expect(page.locator(".tc-tour-foot")).to_contain_text("1 of 11 questions right")
    page.emulate_media(media="print")
    page.evaluate("teacache.makeHandout()")
    margin = dict.fromkeys(("top", "bottom", "left", "right"), "10mm")
    for paper in ("A4", "Letter"):
        pages = re.findall(rb"/Type\s*/Page\b", page.pdf(format=paper, margin=margin))
        assert len(pages) == LESSONS, paper
    assert page.locator("#tc-handout .tc-mech:visible").count() == 3
    played = page.locator(".tc-handout-page").nth(5)
    expect(played.locator(".tc-mech svg")).to_be_visible()
    cells, curtain = played.locator(".tc-strip .tc-cell"), played.locator(".tc-curtain").bounding_box()
    seen = played.locator(".tc-strip .tc-cell:is(.computed, .reused)").count()
    last, following = cells.nth(seen - 1).bounding_box(), cells.nth(seen).bounding_box()
    assert 0 < seen < cells.count()  # what is to come is veiled, in the plot as in the row
    assert last["x"] + last["width"] - 1 <= curtain["x"] <= following["x"] + 1
    assert page.evaluate(LOST) == []
    assert page.evaluate(SQUASHED) == []
    assert page.locator("#tc-handout .tc-poly-plot:visible").count() == 1


def test_rescaling_is_said_to_harm_where_it_does(page):
    open_tour(page, 5, "&run=6-few-steps")
    pairs = page.evaluate("teacache.pairs(teacache.view())")
    harm = {p["step"] + 1: abs(p["out"] - p["est"]) - abs(p["out"] - p["ind"]) for p in pairs}
    worse = [step for step, size in harm.items() if size > 0]
    worst = max(harm, key=harm.get)
    expect(page.locator(".tc-tour")).to_contain_text(
        f"At {len(worse)} of {len(pairs)} steps the estimate came out farther off than before, "
        f"most of all at step {worst}."
    )


def test_a_click_beside_a_dot_chooses_the_nearest_which_is_marked_before(page):
    open_app(page, "/?tour=4")
    figure = page.locator(".tc-tour-figure .tc-scatter")
    figure.wait_for()
    figure.hover(position={"x": 12, "y": 12})  # the corner, far from every dot
    expect(figure.locator(".dot.looked")).to_have_count(1)
    figure.click(position={"x": 12, "y": 12})
    expect(page.locator(".tc-said.right, .tc-said.wrong")).to_be_visible()
