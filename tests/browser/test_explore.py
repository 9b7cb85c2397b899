"""The recorded run explored: what-if, single steps, the player. No model is needed for any of it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.steps import at_rest, fill, move_slider, open_app, program, refused, still


@pytest.fixture
def explorer(page):
    open_app(page)
    at_rest(page)
    return page


# Gradio sets its number a little after the page.
NUMBER_AGREES = """() => {
  const number = document.querySelector('#tc-threshold input[type=number]').value;
  return Math.abs(Number(number) - teacache.now.threshold) < 1e-6;
}"""


def reused(page) -> int:
    computed, of_all = page.inner_text("[data-fig=steps] b").split("/")
    return int(of_all) - int(computed)


def test_a_higher_threshold_shows_at_once_that_more_is_reused(explorer, shot):
    before = reused(explorer)
    threshold = explorer.evaluate("teacache.now.run.controls.threshold")
    requests = []
    explorer.on("request", lambda request: requests.append(request.url))
    move_slider(explorer, threshold * 2)
    explorer.wait_for_function("document.querySelector('.tc-state').textContent === 'what-if'")
    assert reused(explorer) > before
    expect(explorer.locator(".tc-line")).to_contain_text("approximate")
    expect(explorer.locator(".tc-same")).to_contain_text("same steps for")
    assert explorer.locator(".tc-cell.changed").count() > 0
    assert not [url for url in requests if "/queue/" in url or "/run/" in url]
    shot("what-if")


def test_the_page_shows_the_schedule_that_python_decides(explorer, server):
    run = explorer.evaluate("teacache.now.run.run")
    client = program(server)
    for factor in (0.5, 1.7, 3):
        threshold = round(explorer.evaluate("teacache.now.run.controls.threshold") * factor, 3)
        move_slider(explorer, threshold)
        explorer.wait_for_function("t => teacache.now.threshold === t", arg=threshold)
        shown = explorer.evaluate("teacache.view().columns.computed.map(Boolean)")
        told = client.predict(run, threshold, "shapes", False, 1, 1, 0, api_name="/what_if")
        assert shown == told["schedule"]
        assert explorer.evaluate("teacache.view().columns.acc") == pytest.approx(
            told["accumulated"], rel=0.01
        )


def test_back_at_the_runs_own_threshold_its_figures_return(explorer):
    own = explorer.evaluate("teacache.now.run.controls.threshold")
    psnr = explorer.inner_text("[data-fig=psnr] b")
    move_slider(explorer, own * 2)
    explorer.wait_for_selector("[data-fig=psnr].dim")
    move_slider(explorer, own)
    explorer.wait_for_selector("[data-fig=psnr]:not(.dim)")
    expect(explorer.locator("[data-fig=psnr] b")).to_have_text(psnr)


def test_a_threshold_moved_away_and_back_is_not_in_the_link(explorer):
    own = explorer.evaluate("teacache.now.run.controls.threshold")
    move_slider(explorer, own * 2)
    fill(explorer, seed=5)  # another change while it is away
    explorer.wait_for_function("teacache.link().includes('threshold=') && teacache.link().includes('seed=5')")
    move_slider(explorer, own)
    explorer.wait_for_function("!teacache.link().includes('threshold=')")
    assert "seed=5" in explorer.evaluate("teacache.link()")  # the other change stays


def test_a_link_to_a_run_that_is_gone_says_so_and_shows_another(page, shot):
    open_app(page, "/?run=20200101-000000-0&seed=5")
    refused(page, "no longer here")
    expect(page.locator("#tc-seed input")).to_have_value("5")
    page.wait_for_function("!location.search.includes('20200101')")
    assert page.locator(".tc-cell.reused").count() > 0
    shot("run-gone")


def test_a_run_that_reused_nothing_says_so_and_its_equal_clips_are_identical(page, shot):
    open_app(page, "/?run=6-few-steps")
    said = "Nothing was reused, so nothing was gained: this run reuses only above δ"
    expect(page.locator(".tc-line")).to_contain_text(said)
    expect(page.locator("[data-fig=measured] small")).to_have_text("clock's noise")
    expect(page.locator("[data-fig=psnr] b")).to_have_text("identical")
    expect(page.locator(".tc-rivals tbody tr").first.locator("td").nth(2)).to_have_text("identical")
    listed = page.locator(".tc-history tr[data-run='6-few-steps'] td")
    expect(listed.nth(1)).to_have_text("≈1×")  # the clock's noise is no speedup
    expect(page.locator(".tc-rivals")).to_contain_text("compute the same amount")
    shot("nothing-reused")


def test_who_came_closest_is_said_where_two_share_it(page):
    open_app(page, "/?run=8-no-guidance")
    verdict = page.locator(".tc-verdict")
    expect(verdict).to_contain_text("“Uniform reuse” and “Fewer steps” came equally close")
    expect(page.locator(".tc-rivals tr.winner th")).to_have_text(["Uniform reuse", "Fewer steps"])


def test_the_arrows_go_from_schedule_to_schedule(explorer):
    seen = [explorer.evaluate("teacache.view().row[2]")]
    for _ in range(3):
        explorer.click("[aria-label='Next different schedule']")
        explorer.wait_for_function("before => teacache.view().row[2] !== before", arg=seen[-1])
        seen.append(explorer.evaluate("teacache.view().row[2]"))
    assert len(set(seen)) == 4


def test_the_threshold_can_be_dragged_in_the_plot(explorer):
    handle = explorer.locator(".tc-handle").bounding_box()
    before = explorer.evaluate("teacache.now.threshold")
    x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
    explorer.mouse.move(x, y)
    explorer.mouse.down()
    explorer.mouse.move(x, y + 12, steps=4)
    explorer.mouse.up()
    explorer.wait_for_function("before => teacache.now.threshold < before", arg=before)
    explorer.wait_for_function(NUMBER_AGREES)
    assert 0 < explorer.evaluate("teacache.now.threshold") < before


HAS_NOT_BEGUN = """(phase) => {
  const { run } = teacache.now;
  const none = Object.fromEntries(Object.keys(run.cached).map((name) => [name, []]));
  teacache.now.run = { ...run, phase, cached: none };
  const { columns } = teacache.view();
  teacache.now.run = run;
  return columns.step.length;
}"""


def test_a_cached_run_that_has_not_begun_has_no_step_of_the_uncached_one(explorer):
    assert explorer.evaluate(HAS_NOT_BEGUN, "uncached") == 50
    assert explorer.evaluate(HAS_NOT_BEGUN, "cached") == 0


def test_pointing_at_a_step_says_its_arithmetic_in_words(explorer, shot):
    explorer.locator(".tc-cell.reused").nth(2).hover()
    explorer.wait_for_function("document.querySelector('.tc-say').textContent.includes('reused')")
    text = explorer.inner_text(".tc-say")
    index = explorer.evaluate("Number(document.querySelector('.tc-cell.current').dataset.i)")
    number = explorer.evaluate("i => teacache.num(teacache.view().columns.acc[i])", index)
    assert f"Step {index + 1}" in text and f"sum {number}" in text and "is below" in text
    shot("one-step")


def test_steps_can_be_read_by_keyboard(explorer):
    explorer.locator(".tc-strip").focus()
    marked = int(explorer.locator(".tc-cell.drawn").get_attribute("data-i"))
    explorer.keyboard.press("ArrowRight")
    expect(explorer.locator(".tc-say")).to_contain_text(f"Step {marked + 2}:")  # from the step that is marked
    explorer.keyboard.press("Home")
    explorer.keyboard.press("ArrowRight")
    expect(explorer.locator(".tc-say")).to_contain_text("Step 2:")


def test_a_pointer_that_passes_over_steps_opens_none_and_a_press_opens_another(explorer):
    cells, card = explorer.locator(".tc-cell"), explorer.locator(".tc-step-card h2")
    cells.nth(6).click()
    expect(card).to_have_text(re.compile("^Step 7:"))
    cells.nth(12).hover()
    expect(explorer.locator(".tc-cell.current")).to_have_attribute("data-i", "6")
    cells.nth(40).click()
    expect(card).to_have_text(re.compile("^Step 41:"))


def test_naive_replays_the_run_without_the_polynomial(explorer):
    if explorer.locator("#tc-estimator input:disabled").count():
        pytest.skip("this model has no polynomial to leave out")
    explorer.get_by_role("radio", name="Naive").check()
    explorer.wait_for_function("teacache.now.table.controls.naive")
    table = explorer.evaluate("({est: teacache.now.table.est, ind: teacache.now.run.cached.ind})")
    assert table["est"][1:] == table["ind"][1:]


FIRST_LANE = "document.querySelector('.tc-lane-a canvas').toDataURL()"


def frame(page) -> int:
    return int(page.inner_text(".tc-count").split("/")[0])


def test_frames_can_be_stepped_and_scrubbed_exactly(explorer):
    explorer.locator(".tc-transport input[type=range]").fill("7")
    explorer.wait_for_function("document.querySelector('.tc-count').textContent.startsWith('8/')")
    for key, wanted in ((".", 9), (".", 10), (",", 9)):
        explorer.keyboard.press(key)
        explorer.wait_for_function(
            "n => document.querySelector('.tc-count').textContent.startsWith(n + '/')", arg=wanted
        )
    assert frame(explorer) == 9


def test_space_plays_and_pauses(explorer):
    icon = explorer.locator(".tc-transport [data-icon]")
    expect(icon).to_have_attribute("data-icon", "pause")  # the clip plays on its own, a little later
    first = explorer.evaluate("teacache.now.run.run")
    explorer.locator("#tc-recorded button").nth(
        1
    ).click()  # a button pressed by hand leaves the key to the clip
    explorer.wait_for_function("first => teacache.now.run.run !== first", arg=first)
    expect(icon).to_have_attribute("data-icon", "pause")
    for shown in ("play", "pause"):
        explorer.keyboard.press("Space")
        expect(icon).to_have_attribute("data-icon", shown)


def test_a_clip_paused_while_the_next_one_loads_stays_paused(explorer):
    icon = explorer.locator(".tc-transport [data-icon]")
    expect(icon).to_have_attribute("data-icon", "pause")
    held, released = [], []
    explorer.route("**/*.mp4*", lambda route: route.continue_() if released else held.append(route))
    with explorer.expect_request("**/*.mp4*"):
        explorer.locator("#tc-recorded button").nth(1).click()
    explorer.keyboard.press("Space")
    expect(icon).to_have_attribute("data-icon", "play")
    before = explorer.evaluate(FIRST_LANE)
    released.append(True)
    for route in held:
        route.continue_()
    explorer.wait_for_function(f"before => {FIRST_LANE} !== before", arg=before)
    expect(icon).to_have_attribute("data-icon", "play")


def test_the_ways_to_compare_have_keys(explorer, shot):
    explorer.locator("h1").click()
    for key, mode in (("w", "wipe"), ("d", "diff"), ("b", "blink"), ("s", "side")):
        explorer.keyboard.press(key)
        explorer.wait_for_selector(f".tc-stage[data-mode={mode}]")
        pressed = explorer.locator(f".tc-segments [data-mode={mode}]")
        expect(pressed).to_have_attribute("aria-pressed", "true")
        shot(f"player-{mode}")


def test_the_divider_of_the_wipe_can_be_dragged(explorer):
    explorer.click(".tc-segments [data-mode=wipe]")
    box = explorer.locator(".tc-lane-a canvas").bounding_box()
    explorer.mouse.move(box["x"] + box["width"] / 2, box["y"] + 40)
    explorer.mouse.down()
    explorer.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 40, steps=4)
    explorer.mouse.up()
    expect(explorer.locator(".tc-divider")).to_have_attribute("aria-valuenow", "25")


def test_keys_typed_into_the_prompt_stay_there(explorer):
    explorer.locator("#tc-prompt textarea").fill("")
    explorer.locator("#tc-prompt textarea").press_sequentially("b w d s ")
    assert explorer.locator("#tc-prompt textarea").input_value() == "b w d s "
    assert explorer.get_attribute(".tc-stage", "data-mode") == "side"


SET = """() => [...document.querySelectorAll('#tc-left input, #tc-left textarea')]
  .map((box) => (['radio', 'checkbox'].includes(box.type) ? box.checked : box.value))"""
PLACE = """() => {
  const at = document.activeElement;
  const part = ['model', 'left'].find((name) => at.closest('#tc-' + name));
  return at === document.body ? 'lost' : part || 'on';
}"""


def test_passing_through_the_controls_changes_none_and_keeps_the_place(explorer):
    explorer.locator("#tc-estimator").get_by_label("Naive").check()
    explorer.wait_for_function("teacache.now.table.controls.naive")  # the target follows its schedules
    fill(explorer, guidance=7, steps=30)
    still(explorer)
    before = explorer.evaluate(SET)
    explorer.locator("#tc-threshold input[type=number]").focus()
    places = ["left"]
    with explorer.expect_response("**/run/predict*"):  # Gradio calls a box that was only left an input
        while places[-1] in ("left", "model"):
            explorer.keyboard.press("Tab")
            places.append(explorer.evaluate(PLACE))
    still(explorer)
    assert "model" in places and places[-1] == "on"
    assert explorer.evaluate(SET) == before


def test_jargon_is_explained_on_hover(explorer):
    explorer.hover("[data-fig=psnr] .tc-term")
    expect(explorer.locator(".tc-tip.on")).to_contain_text("closeness")


def test_another_recorded_run_is_shown_at_once(explorer):
    buttons = explorer.locator("#tc-recorded button")
    assert buttons.count() >= 2
    before = explorer.evaluate("teacache.now.run.run")
    buttons.nth(1).click()
    explorer.wait_for_function("before => teacache.now.run.run !== before", arg=before)
    explorer.wait_for_function("teacache.now.threshold === teacache.now.run.controls.threshold")
    prompt = explorer.evaluate("teacache.now.run.about.prompt")
    explorer.wait_for_function("p => document.querySelector('#tc-prompt textarea').value === p", arg=prompt)


def test_the_uncached_half_of_a_run_is_not_said_to_be_of_threshold_0(explorer):
    said = explorer.evaluate(
        """() => {
          const view = teacache.view();
          const half = { ...view, table: undefined, measuring: true, columns: view.run.uncached };
          return [teacache.explain(half, 0).text, ...teacache.arithmetic(half, 0)];
        }"""
    )
    assert all("this is the uncached run, which computes every step" in each for each in said), said


def test_what_a_hand_sets_while_a_link_is_being_opened_is_kept(open_page):
    page, held = open_page(), []

    def hold(route):
        opens = '"event_data":{"run"' in (route.request.post_data or "")
        held.append(route) if opens else route.continue_()

    page.route("**/gradio_api/run/predict*", hold)
    page.goto("/?level=simple&run=scenes-1-faithful")
    page.wait_for_function("Boolean(window.teacache?.currentFacts()?.ladder)")
    wanted = page.evaluate("teacache.now.run.controls.threshold * 2")
    move_slider(page, wanted)
    page.evaluate("teacache.on('restored', () => (window.restored = true))")
    held[0].continue_()
    page.wait_for_function("window.restored")
    page.wait_for_function("teacache.view().kind === 'whatif'")
    assert page.evaluate("teacache.now.threshold") == pytest.approx(wanted, rel=0.01)
