"""The tour, one step looked into, links, frames and the damage map, in the browser."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from tests.browser.steps import (
    at_rest,
    comes_by,
    fill,
    model_ready,
    move_slider,
    open_app,
    run,
    still,
    wait_for_state,
)
from tests.browser.test_first_screen import TOO_FAINT
from tests.browser.test_upload import cogvideox
from tests.browser.visitors import watch
from tests.representative import first_of
from tools import chromium

LESSONS = 11
# Which step or dot is right in each lesson: worked out from the columns, not by the lesson itself.
RIGHT = """() => {
  const v = teacache.view(), c = v.columns, b = v.base;
  const best = (list, f) => list.reduce((a, x) => (f(x) > f(a) ? x : a));
  const there = (i) => [b.out, b.ind, b.est].every((column) => column[i] !== null);
  const known = b.out.map((_, i) => i).filter(there);
  const first = c.computed.indexOf(0), again = c.computed.findIndex((x, i) => i && !x && !c.computed[i - 1]);
  const asked = again < 0 ? first : again;
  const points = teacache.course.curves[0].points, good = points.filter((p) => p.psnr >= 35);
  return {
    noise: 0,
    time: Math.floor((v.steps - 1) / 2),
    change: best(known, (i) => -b.out[i]),
    indicator: known.indexOf(best(known, (i) => Math.abs(b.out[i] - b.ind[i]))),
    rescale: known.indexOf(best(known, (i) => Math.abs(b.est[i] - b.ind[i]))),
    residual: c.computed.lastIndexOf(1, asked),
    speed: points.indexOf(best(good, (p) => -p.computed)),
  };
}"""


RESET = """() => {
  teacache.tour.close();
  teacache.forgetAnswers();
  teacache.inspect.close();
  document.querySelector('.tc-segments [data-mode=side]').click();
  teacache.moveSlider(teacache.now.run.controls.threshold);
  document.activeElement.blur();
  teacache.emit('point', null);
  scrollTo(0, 0);
}"""


@pytest.fixture(scope="module")
def shared(browser, server):
    """One page for all tests that only look: what a test opens is closed before the next."""
    context = browser.new_context(base_url=server, viewport={"width": 1366, "height": 768})
    context.add_init_script(path=chromium.HANDLE)
    troubles = watch(context, server)
    page = context.new_page()
    settle(page)
    yield page
    context.close()
    assert not troubles, "\n".join(["the page had troubles:", *troubles])


@pytest.fixture
def explorer(shared):
    """The recorded run on the shared page, nothing opened."""
    shared.evaluate(RESET)
    return shared


@pytest.fixture
def fresh(page):
    """A page of its own, for tests that leave something behind."""
    settle(page)
    return page


def settle(page):
    open_app(page)
    at_rest(page)
    page.wait_for_function("teacache.facts() !== null")


def begin_tour(page, lesson=0):
    page.click("#tc-tour-start")
    page.wait_for_function("teacache.course !== null")
    if lesson:
        page.evaluate("i => teacache.tour.show(i)", lesson)


def answer(page, index):
    """Click a dot of the lesson's own figure, or a step in the row of steps."""
    dot = page.locator(f".tc-tour .tc-scatter .dot[data-i='{index}']")
    (dot if dot.count() else page.locator(".tc-strip .tc-cell").nth(index)).click(force=True)
    return page.inner_text(".tc-said")


def verdict(page):
    return page.get_attribute(".tc-said", "class").split()[-1]


def test_every_lesson_speaks_with_the_runs_numbers(explorer, shot):
    begin_tour(explorer)
    titles = []
    for lesson in range(LESSONS):
        explorer.evaluate("i => teacache.tour.show(i)", lesson)
        text = explorer.inner_text(".tc-tour")
        assert not re.search(r"[{}]|NaN|undefined|tour_|null", text), text
        assert f"{lesson + 1} of {LESSONS}" in text
        titles.append(explorer.inner_text("#tc-tour-title"))
        shot(f"tour-{lesson + 1}", explorer)
    assert len(set(titles)) == LESSONS
    view = explorer.evaluate("({steps: teacache.view().steps, first: teacache.facts().timesteps[0]})")
    explorer.evaluate("teacache.tour.show(1)")
    assert f"from {view['first']:g} at step 1" in explorer.inner_text(".tc-tour")
    assert f"step {view['steps']}" in explorer.inner_text(".tc-tour")


def test_the_correlation_is_that_of_the_trace(explorer):
    import numpy as np

    begin_tour(explorer, 3)
    pairs = explorer.evaluate("teacache.pairs(teacache.view()).map((p) => [p.ind, p.out])")
    r = np.corrcoef(np.array(pairs).T)[0, 1]
    assert f"in this run is {r:.2f}" in explorer.inner_text(".tc-tour")
    assert explorer.locator(".tc-scatter .dot").count() == len(pairs)


def test_every_question_is_answered_on_its_figure_and_checked(explorer):
    begin_tour(explorer)
    right = explorer.evaluate(RIGHT)
    lessons = ("noise", "time", "change", "indicator", "rescale", "decide", "residual", "speed")
    for lesson, name in enumerate(lessons):
        if name not in right:
            continue
        explorer.evaluate("i => teacache.tour.show(i)", lesson)
        dots = explorer.locator(".tc-tour .tc-scatter .dot").count()
        far = next(
            i for i in ((right[name] + (dots or 50) // 2) % (dots or 50), 0, 1) if abs(i - right[name]) > 0
        )
        if not dots:
            answer(explorer, far)
            assert verdict(explorer) == "wrong", name
        explorer.evaluate("i => teacache.tour.show(i)", lesson)
        if dots:
            explorer.locator(".tc-scatter").focus()
            pick_by_keyboard(explorer, right[name], dots)
        else:
            answer(explorer, right[name])
        assert verdict(explorer) == "right", (name, explorer.inner_text(".tc-said"))
    assert explorer.locator(".tc-tour-dots .done").count() == 7


def pick_by_keyboard(page, index, dots):
    for _ in range(dots):
        page.keyboard.press("ArrowRight")
        if page.locator(f".tc-scatter .dot.looked[data-i='{index}']").count():
            break
    page.keyboard.press("Enter")


def test_no_question_opens_with_its_answer_chosen(explorer):
    for lesson in (0, 1, 2, 6):
        begin_tour(explorer, lesson)
        explorer.get_by_role("button", name="Choose").click()
        assert verdict(explorer) == "wrong", lesson
        explorer.evaluate(RESET)


def test_a_trace_from_elsewhere_is_told_what_it_lacks_and_asked_only_what_it_can_answer(fresh, tmp_path):
    own = tmp_path / "cogvideox.json"
    own.write_text(json.dumps(cogvideox().to_json()))
    fresh.set_input_files("#tc-trace-file", own)
    fresh.wait_for_function("teacache.now.run.phase === 'uploaded' && teacache.facts() !== null")
    fresh.wait_for_function("Boolean(teacache.view().table)")  # without it no steps can be predicted
    begin_tour(fresh)
    asking = []
    for lesson in range(LESSONS):
        fresh.evaluate("i => teacache.tour.show(i)", lesson)
        text = fresh.inner_text(".tc-tour")
        assert not re.search(r"–|[{}]|NaN|Infinity|undefined|tour_|null| 0 (before|by)", text), text
        asking += [lesson + 1] * fresh.locator(".tc-ask").count()
        if lesson == 0:
            fresh.locator(".tc-strip .tc-cell").first.click()
    assert asking == [1, 2, 6, 7, 8, 9, 11]
    assert f"1 of {len(asking)} questions right" in text


def test_the_tour_goes_on_where_it_was_left_and_shows_the_step_that_was_answered(explorer):
    begin_tour(explorer, 6)
    answer(explorer, 3)
    explorer.keyboard.press("Escape")
    expect(explorer.locator("#tc-tour-start")).to_have_text("Continue the tour")
    explorer.click("#tc-tour-start")
    assert explorer.evaluate("teacache.touring()") == 6
    expect(explorer.locator(".tc-stepper output")).to_have_text("Step 4")
    expect(explorer.locator(".tc-said")).to_contain_text("Not step 4")
    explorer.get_by_role("button", name="Begin anew").click()
    assert explorer.evaluate("[teacache.touring(), teacache.isAnyAnswered()]") == [0, False]
    explorer.keyboard.press("Escape")
    expect(explorer.locator("#tc-tour-start")).to_have_text("Start the tour")


def test_a_threshold_that_a_lesson_speaks_of_is_on_the_page_until_the_next_lesson(explorer):
    own = explorer.evaluate("teacache.now.run.controls.threshold")
    explorer.evaluate("teacache.moveSlider(teacache.now.run.controls.threshold * 3)")
    mine = explorer.evaluate("teacache.now.threshold")
    begin_tour(explorer, 7)
    assert explorer.evaluate("teacache.now.threshold") == own
    points = explorer.evaluate("teacache.course.curves[0].points")
    answer(explorer, len(points) - 2)
    assert explorer.evaluate("teacache.now.threshold") == pytest.approx(points[-2]["threshold"])
    explorer.evaluate("teacache.tour.show(9)")
    assert explorer.evaluate("teacache.now.threshold") == own
    explorer.get_by_role("button", name="Take the recorded run").click()
    asked = explorer.evaluate("teacache.askedThreshold(teacache.view())")
    assert explorer.evaluate("teacache.now.threshold") == pytest.approx(asked)
    expect(explorer.locator(".tc-said")).to_contain_text("You said 45.0 dB")
    explorer.keyboard.press("Escape")
    assert explorer.evaluate("teacache.now.threshold") == mine


def test_a_naive_run_speaks_of_no_polynomial_on_its_axis(page):
    open_app(page, "/?run=5-naive&tour=5")
    page.wait_for_selector(".tc-tour .tc-scatter")
    assert "change of the indicator" in page.locator(".tc-scatter").text_content()
    assert "polynomial" not in page.locator(".tc-scatter").text_content()


UNDER = "([x, y]) => document.elementFromPoint(x, y).className"


def test_the_accumulator_veils_what_is_to_come_and_checks_the_next_call(explorer, shot):
    begin_tour(explorer, 5)
    shown = int(re.search(r"\d+", explorer.inner_text(".tc-stepper output")).group()) - 1
    cells = explorer.locator(".tc-strip .tc-cell")
    veiled = explorer.evaluate(
        "getComputedStyle(document.querySelector('.tc-cell:last-child')).backgroundImage"
    )
    assert veiled == "none" and explorer.locator(".tc-curtain").count() == 1
    assert explorer.evaluate("getComputedStyle(document.querySelector('.tc-say')).visibility") == "hidden"
    top = explorer.locator(".tc-plot").bounding_box()["y"] + 30
    guards = {shown: False, shown + 1: True, cells.count() - 1: True}  # of the upper half
    for step, guarded in guards.items():
        box = cells.nth(step).bounding_box()
        there = explorer.evaluate(UNDER, [box["x"] + box["width"] / 2, top])
        assert (there == "tc-guard") == guarded, step
    computed = explorer.evaluate("teacache.view().columns.computed")
    following = computed.index(1, shown + 1)
    assert following > shown + 1, "the lesson begins where something is reused"
    cells.nth(shown + 1).click()
    assert verdict(explorer) == "wrong"
    cells.nth(following).click()
    assert verdict(explorer) == "right"
    shot("tour-decide", explorer)
    acc = explorer.evaluate("i => teacache.num(teacache.view().columns.acc[i])", following)
    a, y, sign, z = re.search(r"(\S+) \+ (\S+) ([=≈]) ([\d.]+)", explorer.inner_text(".tc-sum")).groups()
    assert z == acc and (sign == "=") == (round(float(a) + float(y) - float(z), 9) == 0)
    explorer.keyboard.press("Escape")
    assert explorer.locator(".tc-curtain").count() == 0


def test_the_tour_goes_by_keyboard_and_moves_nothing(explorer):
    place = explorer.locator(".tc-player").bounding_box()
    explorer.focus("#tc-tour-start")
    explorer.keyboard.press("Enter")
    for _ in range(2):
        explorer.keyboard.press("ArrowRight")
    explorer.keyboard.press("ArrowLeft")
    assert f"2 of {LESSONS}" in explorer.inner_text(".tc-tour")
    explorer.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    explorer.wait_for_function("scrollY === 0")
    assert explorer.locator(".tc-player").bounding_box() == place
    explorer.keyboard.press("Escape")
    assert explorer.locator(".tc-tour:visible").count() == 0
    assert explorer.evaluate("document.activeElement.id") == "tc-tour-start"
    assert explorer.evaluate("document.querySelector('#tc-left').inert") is False


def test_a_step_looked_into_tells_its_arithmetic(explorer, shot):
    index = explorer.evaluate("teacache.view().columns.reason.indexOf('below_threshold')")
    explorer.locator(".tc-strip .tc-cell").nth(index).click()
    text = explorer.inner_text(".tc-step-card")
    shot("step-card", explorer)
    c = explorer.evaluate(
        """i => { const v = teacache.view(), c = v.columns, n = teacache.num; return {
             ind: n(c.ind[i]), est: n(c.est[i]), acc: n(c.acc[i]), t: teacache.delta(v.threshold)}; }""",
        index,
    )
    assert f"changed by {c['ind']}" in text and f"about {c['est']}" in text
    assert any(f"{sign} {c['acc']}." in text for sign in "=≈")
    assert f"{c['acc']} is below δ {c['t']}: reused" in text
    source = explorer.evaluate("i => teacache.view().columns.computed.lastIndexOf(1, i) + 1", index)
    explorer.mouse.move(5, 5)  # away from the row: the step stays that of the row and of the diagram
    expect(explorer.locator(".tc-cell.current")).to_have_attribute("data-i", str(index))
    step = re.compile(rf"\bStep {index + 1}:")
    expect(explorer.locator(".tc-mech svg")).to_have_attribute("aria-label", step)
    assert f"residual of step {source} " in text
    explorer.keyboard.press("Escape")
    assert explorer.locator(".tc-step-card:visible").count() == 0


def test_steps_are_looked_into_by_keyboard(explorer):
    explorer.locator(".tc-strip").focus()
    for key in ("Home", "ArrowRight", "Enter"):
        explorer.keyboard.press(key)
    assert explorer.inner_text(".tc-step-card h2").startswith("Step 2:")
    explorer.keyboard.press("ArrowRight")
    assert explorer.inner_text(".tc-step-card h2").startswith("Step 3:")


LOOK = """() => [teacache.now.run.run, teacache.now.threshold, teacache.view().row?.[2], teacache.touring(),
    document.querySelector('.tc-stage').dataset.mode, document.querySelector('#tc-seed input').value,
    document.querySelector('#tc-prompt textarea').value]"""


def test_a_copied_link_opens_the_same_view_in_a_new_browser(fresh, open_page):
    fresh.context.grant_permissions(["clipboard-read", "clipboard-write"])
    fresh.locator("#tc-recorded button").nth(1).click()
    fresh.wait_for_function(
        "teacache.now.run.run.startsWith('2-')"
        " && teacache.now.threshold === teacache.now.run.controls.threshold"
        " && document.querySelector('#tc-prompt textarea').value === teacache.now.run.about.prompt"
    )
    threshold = fresh.evaluate("teacache.now.run.controls.threshold * 1.5")
    fill(fresh, seed=77, prompt="a red star bouncing on a white background")
    fresh.click(".tc-segments [data-mode=wipe]")
    begin_tour(fresh, 2)  # which begins at the run's own threshold
    move_slider(fresh, threshold)
    fresh.wait_for_function(
        "['seed=77', 'red+star', 'threshold='].every((part) => teacache.link().includes(part))"
    )
    with comes_by(fresh, "document.querySelector('#tc-link-copy').textContent === 'Copied'"):
        fresh.evaluate("document.querySelector('#tc-link-copy').click()")
    address = fresh.evaluate("navigator.clipboard.readText()")
    other = open_page()
    open_app(other, address.removeprefix(re.match(r"https?://[^/]+", address).group()))
    other.wait_for_selector(".tc-tour:visible")
    wanted = fresh.evaluate(LOOK)
    other.wait_for_function(f"wanted => JSON.stringify(({LOOK})()) === JSON.stringify(wanted)", arg=wanted)
    assert other.evaluate(LOOK) == wanted


def test_the_address_follows_and_a_reload_keeps_the_view(fresh):
    move_slider(fresh, fresh.evaluate("teacache.now.run.controls.threshold * 2"))
    fresh.wait_for_function("location.search.includes('threshold=')")
    before = fresh.evaluate("[teacache.now.run.run, teacache.now.threshold]")
    fresh.reload()
    fresh.wait_for_function(
        "window.teacache && teacache.now && teacache.view() && teacache.view().kind === 'whatif'"
    )
    assert fresh.evaluate("[teacache.now.run.run, teacache.now.threshold]") == before


def test_rules_in_a_link_decide_the_run_again(page):
    open_app(page, "/?first=9")
    page.wait_for_function("teacache.now.table && teacache.now.table.controls.first === 9")
    assert page.evaluate("teacache.now.table.rows.every((row) => row[2].startsWith('111111111'))")
    page.get_by_text("Rules and options").click()
    page.wait_for_function("document.querySelector('#tc-first input')?.value === '9'")


def test_a_link_with_a_bad_word_says_so_and_shows_the_page(page):
    open_app(page, "/?seed=many")
    page.wait_for_function("document.body.textContent.includes('The link asks for seed')")
    assert page.locator(".tc-cell.computed").count() > 0


def test_an_embedded_page_has_no_chrome_and_hides_what_it_should(page, shot):
    open_app(page, "/?embed=1&hide=prompt,seed,rivals")
    at_rest(page)
    shot("embed")
    for hidden in ("#tc-head", "#tc-takeaway", "#tc-prompt", "#tc-chips", "#tc-seed", "#tc-rivals"):
        assert not page.locator(hidden).is_visible(), hidden
    shown = ("#tc-threshold", "#tc-steps", "#tc-player", ".tc-plot", "#tc-tour-start", "#tc-link-copy")
    for part in shown:
        assert page.locator(part).is_visible(), part
    page.click("#tc-tour-start")
    page.wait_for_selector(".tc-tour:visible")


def test_a_link_that_hides_all_controls_leaves_no_empty_column(page):
    names = "threshold,target,run,recorded,estimator,rules,prompt,seed,steps,guidance,model"
    open_app(page, f"/?hide={names}")
    assert page.locator("#tc-board").bounding_box()["x"] < 40


def test_a_pair_shows_no_psnr_of_another_run_and_there_is_a_way_back(fresh):
    expect(fresh.locator(".tc-frame-bars button").first).to_be_visible()
    pins = fresh.locator("#tc-history .tc-pin")
    assert pins.first.get_attribute("data-tip") == pins.first.get_attribute("aria-label") != ""
    pins.nth(0).click()
    pins.nth(1).click()
    fresh.get_by_role("button", name="Compare A and B").click()
    caption = fresh.locator("#tc-player figcaption").first
    expect(caption).to_contain_text("A ·")
    expect(caption).to_be_in_viewport()
    expect(fresh.locator(".tc-frame-bars")).to_have_count(0)
    fresh.get_by_role("button", name="back to this run").click()
    expect(caption).to_contain_text("uncached")
    expect(fresh.locator(".tc-frame-bars button").first).to_be_visible()
    expect(fresh.locator("#tc-history .tc-note")).to_have_text("")


THREE_LANES = """() => teacache.emit('play', {
  kind: 'video', src: document.querySelector('.tc-saves a').href + '#three', fps: 8, frames: 16, lanes: 3,
  labels: { uncached: 4, cached: 2 }, figures: { psnr: 40 }, third: { steps: 25, seconds: 1.2, psnr: 30 },
})"""


def test_three_lanes_stand_at_equal_distances(fresh):
    fresh.evaluate(THREE_LANES)
    canvases = fresh.locator(".tc-stage canvas:visible")
    expect(canvases).to_have_count(3)
    boxes = [canvases.nth(lane).bounding_box() for lane in range(3)]
    gaps = [b["x"] - a["x"] - a["width"] for a, b in pairwise(boxes)]
    assert abs(gaps[0] - gaps[1]) < 1


def test_frames_tell_their_psnr_and_lead_to_the_frame(explorer):
    psnr = explorer.evaluate("teacache.facts().psnr")
    bars = explorer.locator(".tc-frame-bars button")
    assert bars.count() == len(psnr)
    worst = psnr.index(min(psnr))
    assert f"worst: frame {worst + 1}, {psnr[worst]:.1f} dB" in explorer.inner_text(".tc-frames")
    bars.nth(4).click()
    explorer.wait_for_function("document.querySelector('.tc-count').textContent.startsWith('5/')")
    expect(bars.nth(4)).to_have_class(re.compile(r"\bhere$"))


def test_a_run_gets_previews_and_a_damage_map(page, shot):
    open_app(page)
    model_ready(page)
    fill(page, steps=5, seed=21)
    run(page)
    wait_for_state(page, "done")
    page.wait_for_selector("body:not(.tc-running)")
    page.wait_for_function("teacache.facts() && teacache.facts().previews")
    page.locator(".tc-strip .tc-cell").nth(4).click()
    expect(page.locator(".tc-step-card canvas")).to_have_count(2)
    page.keyboard.press("Escape")
    page.click(".tc-damage summary")
    page.click(".tc-damage .tc-button.primary")
    page.wait_for_function("document.querySelectorAll('.tc-map-row').length === 4")
    page.wait_for_function("document.querySelector('.tc-damage .tc-note').textContent.startsWith('Reusing')")
    expect(page.locator(".tc-map-row i")).to_have_count(4 * 16)
    expect(page.locator(".tc-map-row i[style*=NaN]")).to_have_count(0)
    page.locator(".tc-damage").scroll_into_view_if_needed()
    shot("damage")


MAPPED = 12  # steps: a map of so many is long enough to be left


def run_without_rivals(page, **asked) -> str:
    """A run of the visitor's own, and its id."""
    model_ready(page)
    page.evaluate("document.querySelector('#tc-more button').click()")
    page.locator("#tc-more input[type=checkbox]").uncheck()
    fill(page, **asked)
    run(page)
    wait_for_state(page, "done")
    page.wait_for_selector("body:not(.tc-running)")
    page.wait_for_function("teacache.facts() !== null")
    return page.evaluate("teacache.now.run.run")


def make_map(page):
    page.click(".tc-damage summary")
    page.click(".tc-damage .tc-button.primary")


def shows(page, run_id):
    page.wait_for_function("id => teacache.now.run.run === id && teacache.facts() !== null", arg=run_id)


@pytest.mark.slow
def test_the_damage_map_can_be_stopped_and_goes_on_where_it_was(fresh, open_page):
    mine = run_without_rivals(fresh, steps=MAPPED, seed=23)
    note = fresh.locator(".tc-damage .tc-note").first
    make_map(fresh)
    expect(note).to_have_text(re.compile("Waiting for the model|First the clip|steps tried"))  # at once
    fresh.wait_for_function("document.querySelectorAll('.tc-map-row').length > 0")
    fresh.locator(".tc-damage").get_by_role("button", name="Stop").click()
    expect(note).to_have_text(re.compile("^Stopped after [1-9]"))
    rows = fresh.locator(".tc-map-row i:not([style*=NaN])").count()
    other = open_page()  # the server has kept them
    open_app(other, f"/?run={mine}")
    shows(other, mine)
    other.click(".tc-damage summary")
    other.wait_for_function(f"document.querySelectorAll('.tc-map-row i:not([style*=NaN])').length >= {rows}")
    expect(other.locator(".tc-damage .primary")).to_have_text("Go on with the map")


@pytest.mark.slow
def test_who_leaves_a_run_whose_map_is_being_made_or_runs_another_waits_for_nobody(fresh):
    mine = run_without_rivals(fresh, steps=MAPPED, seed=24)
    make_map(fresh)
    fresh.wait_for_function("document.querySelectorAll('.tc-map-row').length > 0")
    stop = fresh.locator(".tc-damage").get_by_role("button", name="Stop")
    fresh.locator("#tc-recorded button").first.click()
    fresh.wait_for_function("id => teacache.now.run.run !== id && teacache.facts() !== null", arg=mine)
    expect(stop).to_be_hidden()
    fresh.locator(f".tc-history tr[data-run='{mine}'] .tc-link").click()
    shows(fresh, mine)
    expect(fresh.locator(".tc-damage .tc-note").first).to_have_text(re.compile("^Stopped after [1-9]"))
    fresh.click(".tc-damage .tc-button.primary")
    expect(stop).to_be_visible()
    fill(fresh, steps=2, seed=22)
    run(fresh)
    wait_for_state(fresh, "done")
    expect(stop).to_be_hidden()


def test_the_damage_map_is_walked_through_by_keyboard_and_every_cell_has_a_name(explorer):
    explorer.evaluate("document.querySelector('.tc-damage').open = true")
    cells = explorer.locator(".tc-map [role=gridcell]")
    expect(cells).to_have_count(49 * 16)
    expect(explorer.locator(".tc-map [tabindex='0']")).to_have_count(1)
    explorer.locator(".tc-map [tabindex='0']").focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowUp", "ArrowUp", "End"):
        explorer.keyboard.press(key)
    focused = "document.activeElement.getAttribute('aria-label')"
    assert explorer.evaluate(focused).startswith("Only step 2 reused: frame 16 at ")
    expect(explorer.locator(".tc-map [tabindex='0']")).to_have_count(1)
    explorer.keyboard.press("Enter")
    explorer.wait_for_function("document.querySelector('.tc-count').textContent.startsWith('16/')")
    expect(explorer.locator(".tc-say")).to_contain_text("Step 2")
    expect(explorer.locator(".tc-damage .primary")).to_be_hidden()  # it is complete
    explorer.evaluate("document.querySelector('.tc-damage').open = false")


STRIP_ABOVE_CARD = """() => {
  const box = (name) => document.querySelector(name).getBoundingClientRect();
  return box('.tc-strip').bottom <= box('.tc-tour').top && box('.tc-tour').top < 844;
}"""


def test_the_tour_fits_a_phone(open_page, shot):
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    open_app(page)
    at_rest(page)
    page.tap("#tc-tour-start")
    page.evaluate("teacache.tour.show(6)")
    page.wait_for_function(STRIP_ABOVE_CARD)  # the page scrolls there
    shot("tour-phone", page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="One step on").tap()
    page.get_by_role("button", name="Choose").tap()
    assert verdict(page) in ("right", "wrong")


@pytest.mark.parametrize("theme, language", first_of(("light", "de-DE"), ("dark", "zh-CN")))
def test_the_cards_can_be_read_in_both_themes_and_have_names(open_page, theme, language):
    page = open_page(color_scheme=theme, locale=language)
    open_app(page, f"/?__theme={theme}")
    at_rest(page)
    page.locator(".tc-strip .tc-cell").nth(9).click()
    still(page)
    assert page.evaluate(TOO_FAINT) == []
    page.click("#tc-tour-start")
    for lesson in (3, 5, 6):
        page.evaluate("i => teacache.tour.show(i)", lesson)
        still(page)
        assert page.evaluate(TOO_FAINT) == []
        nameless = (
            "[...document.querySelectorAll('.tc-tour button')].filter((b) => !b.innerText && !b.ariaLabel)"
        )
        assert page.evaluate(f"{nameless}.length") == 0
        assert not re.search(r"tour_|[{}]|undefined", page.inner_text(".tc-tour"))
        ticks = page.locator(".tc-scatter text").all_text_contents()
        assert not any("." in tick for tick in ticks) or language != "de-DE", ticks
