"""Real runs of the embedded model, watched in the browser and asked for by a program."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from teacache.method.trace import Trace
from tests.browser.steps import (
    LOOK_OUT,
    comes_by,
    fill,
    model_ready,
    move_slider,
    open_app,
    program,
    run,
    wait_for_state,
)

STEPS = 8
UNDER_WAY = "teacache.now.run.phase === 'uncached' && teacache.now.run.uncached.step.length >= 3"
# What tells the server to stop takes its time, as where a call of the model does.
SLOW_TO_STOP = """() => {
  const { fetch } = window;
  const later = (...asked) => new Promise((done) => setTimeout(() => done(fetch(...asked)), 500));
  const cancels = (asked) => String(asked.url || asked).includes('/cancel');
  window.fetch = (...asked) => (cancels(asked[0]) ? later : fetch)(...asked);
}"""
# Stop, and the other buttons as soon as the page allows it: before Gradio has ended the run.
STOP_AND_PRESS = """async (ids) => {
  const press = (id) => document.getElementById(id).click();
  press('tc-stop');
  while (teacache.busy()) await new Promise((done) => setTimeout(done));
  if (!teacache.now.ending) throw Error('the run had ended already');
  ids.forEach(press);
}"""
# As a queue that is full does, without the browser's complaint about the answer.
REFUSE_ONCE = """() => {
  const { fetch } = window;
  window.fetch = (...asked) => {
    if (!String(asked[0].url || asked[0]).includes('/queue/join')) return fetch(...asked);
    window.fetch = fetch;
    return Promise.resolve(Response.json({ detail: 'no more room' }, { status: 503 }));
  };
}"""
# How many colours the first lane shows.
COLOURS = """() => {
  const canvas = document.querySelector('.tc-stage canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return new Set(new Uint32Array(data.buffer)).size;
}"""
# How many calls Plotly shows.
POINTS = "document.querySelector('.tc-plot-graph').data[0].x.length"
LONG = 200  # steps: long enough to be stopped, or to be waited for


@pytest.fixture
def app(page):
    open_app(page)
    model_ready(page)
    return page


def test_a_run_is_watched_from_the_first_call_to_the_rivals(app, shot):
    fill(app, steps=STEPS, seed=11)
    move_slider(app, app.evaluate("teacache.now.run.controls.threshold * 2"))
    queued = app.evaluate(LOOK_OUT, "document.querySelector('.tc-line').textContent.includes('queue')")
    zero = app.evaluate(LOOK_OUT, "document.querySelector('[data-fig=steps] b').textContent === '0 / 0'")
    left = app.evaluate(LOOK_OUT, r"/^\d+ s left$/.test(document.querySelector('#tc-forecast').textContent)")
    run(app)
    app.wait_for_function(UNDER_WAY)
    assert not app.evaluate("place => window.lookouts[place].seen", queued)  # nobody else is there
    assert not app.evaluate("place => window.lookouts[place].seen", zero)  # no figures before a call
    shot("running")
    wait_for_state(app, "done")
    assert app.evaluate("place => window.lookouts[place].seen", left)
    app.wait_for_function("!document.body.classList.contains('tc-running')")
    expect(app.locator("#tc-forecast")).to_contain_text("≈")  # of the next one
    shot("done")
    assert app.evaluate("teacache.now.run.cached.step.length") == STEPS
    expect(app.locator("[data-fig=measured] b")).to_contain_text("×")
    assert app.locator(".tc-rivals tbody tr").count() == 3
    expect(app.locator(".tc-verdict")).to_contain_text("For this run")


def test_a_link_to_ones_own_run_opens_that_run_as_it_was(app, open_page):
    fill(app, steps=STEPS, seed=17)
    app.wait_for_function("teacache.link().includes('seed=17')")
    move_slider(app, app.evaluate("teacache.now.run.controls.threshold * 3"))
    run(app)
    wait_for_state(app, "done")
    link = app.evaluate("teacache.link()")
    mine = app.evaluate("teacache.now.run.run")
    assert f"run={mine}" in link and "threshold" not in link
    app.wait_for_selector("body:not(.tc-running)")
    other = open_page()
    open_app(other, link)
    other.wait_for_function("id => teacache.now.run.run === id && teacache.now.table.run === id", arg=mine)
    other.wait_for_function(
        "Number(document.querySelector('#tc-threshold input').value) === teacache.now.run.controls.threshold"
    )
    assert other.evaluate(
        "[teacache.view().kind, new URLSearchParams(location.search).get('threshold')]"
    ) == [
        "run",
        None,
    ]


def test_every_state_that_reached_the_page_was_painted_and_the_last_has_every_call(app):
    fill(app, steps=STEPS, seed=12)
    run(app)
    app.wait_for_function("teacache.paints.some((entry) => entry.phase === 'done')")
    paints = app.evaluate("teacache.paints")
    assert all(entry["painted"] >= entry["received"] for entry in paints)
    assert [e["n"] for e in paints] == sorted(e["n"] for e in paints)
    for kind in ("uncached", "cached"):
        assert app.evaluate(f"teacache.now.run.{kind}.step") == list(range(STEPS))


def test_the_clip_is_shown_while_it_takes_shape(app, shot):
    fill(app, steps=LONG, seed=13)
    run(app)
    app.wait_for_selector(".tc-stage.shaping.filled")
    assert app.evaluate("teacache.live()")  # not the clip of a run that has ended
    assert app.evaluate(COLOURS) > 50  # a picture, whatever it shows
    shot("taking-shape")
    app.click("#tc-stop")
    wait_for_state(app, "stopped")


def test_the_plot_of_a_run_under_way_answers_the_pointer(app):
    app.wait_for_selector(".tc-plot .scatterlayer path", state="attached")
    fill(app, steps=LONG, seed=15)
    run(app)
    app.wait_for_function(
        "teacache.now.run.phase === 'uncached' && teacache.now.run.uncached.step.length >= 20"
    )
    app.wait_for_selector(".tc-plot.moving")  # the sketch, for what nobody points at
    plot = app.locator(".tc-plot").bounding_box()
    app.mouse.move(plot["x"] + 80, plot["y"] + 60)
    app.wait_for_selector(".tc-plot:not(.moving)")
    drawn = app.evaluate(POINTS)
    app.mouse.move(plot["x"] + 82, plot["y"] + 60)
    app.wait_for_function("document.querySelector('.tc-plot .hoverlayer').textContent.includes('actual')")
    app.wait_for_function(f"drawn => {POINTS} > drawn", arg=drawn)  # and it goes on with the run
    assert app.evaluate("teacache.live()")
    app.mouse.move(plot["x"] + 80, plot["y"] - 60)
    app.wait_for_selector(".tc-plot.moving")
    app.click("#tc-stop")
    wait_for_state(app, "stopped")


def test_stop_works_and_another_run_follows(app, shot):
    fill(app, steps=LONG, seed=14)
    run(app)
    app.wait_for_function(UNDER_WAY)
    app.click("#tc-stop")
    wait_for_state(app, "stopped")
    assert app.evaluate("teacache.now.run.uncached.step.length") < LONG
    expect(app.locator(".tc-rivals .tc-verdict")).to_have_text("Not measured: the run was stopped.")
    shot("stopped")
    own = app.evaluate("teacache.view().threshold")
    move_slider(app, 2 * own)
    expect(app.locator(".tc-line")).to_contain_text("Press Run for δ")
    assert app.evaluate("teacache.view().threshold") == own  # of the run on screen
    expect(app.locator(".tc-handle")).to_be_hidden()  # it would stay where it is
    fill(app, steps=4)
    run(app)
    wait_for_state(app, "done")


def test_after_stop_the_handle_is_where_it_was_on_the_scale_of_as_many_steps(app):
    before = app.evaluate(HANDLE)
    fill(app, seed=31)
    run(app)
    app.wait_for_function(UNDER_WAY)
    app.click("#tc-stop")
    wait_for_state(app, "stopped")
    expect(app.locator(".tc-schedules")).to_be_visible()
    assert abs(app.evaluate(HANDLE) - before) < 1


def test_run_pressed_while_a_run_still_ends_waits_for_it_and_can_be_taken_back(app):
    app.evaluate(SLOW_TO_STOP)
    fill(app, steps=LONG, seed=18)
    run(app)
    app.wait_for_function(UNDER_WAY)
    begun = app.evaluate("teacache.now.run.run")
    app.evaluate(STOP_AND_PRESS, ["tc-run", "tc-run"])
    app.wait_for_function("run => teacache.now.run.run !== run", arg=begun)
    second = app.evaluate("teacache.now.run.run")
    app.evaluate(STOP_AND_PRESS, ["tc-run", "tc-stop"])
    app.wait_for_function("!teacache.now.ending")
    app.wait_for_function("!document.body.classList.contains('tc-running')")
    assert app.evaluate("[teacache.now.run.run, teacache.now.waiting]") == [second, False]


def test_a_run_taken_back_before_it_began_leaves_the_clip_as_it_was(app, open_page):
    other = open_page()
    open_app(other)
    fill(other, steps=LONG, seed=22)
    run(other)
    wait_for_state(other, "uncached")
    run(app)
    app.wait_for_selector(".tc-stage.old")
    app.click("#tc-stop")
    app.wait_for_selector(".tc-stage:not(.old)")
    assert app.evaluate("teacache.now.run.phase") == "recorded"
    other.click("#tc-stop")
    wait_for_state(other, "stopped")


def test_run_pressed_twice_runs_once(app):
    fill(app, steps=4, seed=19)
    app.evaluate("teacache.on('starting', () => (window.started = (window.started || 0) + 1))")
    with comes_by(app, "document.body.classList.contains('tc-running')"):
        app.evaluate("for (let i = 0; i < 2; i++) document.getElementById('tc-run').click()")
    app.wait_for_function("window.started && !teacache.now.engaged")
    wait_for_state(app, "done")
    assert app.evaluate("[window.started, teacache.now.waiting]") == [1, False]


def test_run_works_again_after_gradio_itself_had_refused_it(app):
    app.evaluate(REFUSE_ONCE)
    fill(app, steps=4, seed=20)
    shown = app.evaluate("teacache.now.run.run")
    run(app)
    app.wait_for_function("!document.body.classList.contains('tc-running')")
    assert app.evaluate("[teacache.now.run.run, teacache.now.engaged]") == [shown, False]
    run(app)
    wait_for_state(app, "done")


def test_bad_input_gets_a_sentence_and_loses_nothing(app, shot):
    before = app.evaluate("teacache.now.run.n")
    fill(app, prompt="a red submarine", seed=77)
    app.click("#tc-run")
    expect(app.locator(".tc-toast")).to_contain_text("submarine")
    expect(app.locator(".tc-line.failed")).to_have_count(0)  # never twice on one screen
    expect(app.locator("#tc-untaught")).to_have_text("never taught: submarine")
    app.keyboard.press("Escape")
    expect(app.locator(".tc-line.failed")).to_contain_text("submarine")
    app.wait_for_function("!document.body.classList.contains('tc-running')")
    shot("error")
    body = app.inner_text("body")
    assert "Traceback" not in body and "Error:" not in body
    assert app.evaluate("teacache.now.run.n") == before
    assert app.locator("#tc-seed input").input_value() == "77"
    assert app.locator("#tc-prompt textarea").input_value() == "a red submarine"


def test_a_second_visitor_sees_the_place_in_the_queue(app, open_page, shot):
    second = open_page()
    open_app(second)
    fill(second, steps=4, seed=16)  # now, so that the second visitor has only to press the button
    fill(app, steps=LONG, seed=15)
    run(app)
    wait_for_state(app, "uncached")
    run(second)
    second.wait_for_function("document.querySelector('.tc-line').textContent.includes('number 1 of 1')")
    shot("queue", second)
    assert second.evaluate("[teacache.now.run.phase, teacache.now.waiting]") == ["recorded", True]
    app.click("#tc-stop")
    wait_for_state(app, "stopped")
    wait_for_state(second, "done")
    assert second.evaluate("teacache.now.run.steps") == 4
    assert "number" not in second.inner_text(".tc-line")


def test_a_program_gets_states_files_and_figures(app, server):
    client = program(server)
    threshold = next(m["threshold"] for m in client.predict(api_name="/models") if m["name"] == "shapes")
    rules = (False, 1, 1, 0)
    job = client.submit(
        "a blue star circling on a white background",
        threshold,
        "shapes",
        5,
        STEPS,
        0,
        *rules,
        True,
        api_name="/compare",
    )
    answers = list(job)
    phases = list(dict.fromkeys(answer[0]["phase"] for answer in answers))
    assert phases[-3:] == ["cached", "done", "rivals"]
    assert sum(answer[0]["phase"] == "uncached" for answer in answers) >= STEPS
    last, *files = answers[-1]
    assert {row["name"] for row in last["rivals"]} == {"teacache", "uniform", "fewer_steps"}
    assert last["figures"]["psnr"] > 5
    assert all(Path(path).stat().st_size > 1000 for path in files)
    assert len(Trace.from_json(json.loads(Path(files[3]).read_text())).records) == STEPS
    told = client.predict(last["run"], threshold, "shapes", *rules, api_name="/what_if")
    assert [int(computed) for computed in told["schedule"]] == last["cached"]["computed"]


def test_a_program_gets_a_sentence_for_bad_input(app, server):
    client = program(server)
    with pytest.raises(Exception, match="The prompt is empty"):
        client.predict("", 0.2, "shapes", 5, STEPS, 0, False, 1, 1, 0, True, api_name="/compare")


@pytest.mark.slow
def test_a_run_is_held_against_the_what_if_and_against_fewer_steps(app, shot):
    fill(app, steps=16, seed=21)
    app.evaluate("document.querySelector('#tc-more button').click()")
    app.locator("#tc-more input[type=checkbox]").uncheck()  # the rivals of the first run would be waited for
    run(app)
    app.wait_for_function("teacache.now.run.phase === 'done' && teacache.now.run.steps === 16")
    app.wait_for_function("teacache.now.table && teacache.now.table.run === teacache.now.run.run")
    before = app.evaluate("teacache.now.run.run")
    app.evaluate("teacache.goTo(teacache.view().rowIndex + 8)")
    app.wait_for_function("teacache.view().kind === 'whatif'")
    foretold = app.evaluate("teacache.view().row[2]")
    run(app)
    app.wait_for_function(
        "id => teacache.now.run.run !== id && teacache.now.run.phase === 'done'", arg=before
    )
    app.wait_for_selector("body:not(.tc-running)")
    happened = app.evaluate("teacache.now.run.cached.computed.join('')")
    same = sum(a == b for a, b in zip(foretold, happened, strict=True))
    app.wait_for_function(
        "said => document.querySelector('.tc-line').textContent.includes(said)", arg=f"{same} of 16"
    )
    expect(app.locator(".tc-line")).to_contain_text(f"So far: {same} of 16 (runs: 1)")
    expect(app.locator(".tc-cell.missed")).to_have_count(16 - same)
    app.get_by_text("Without a cache, but with only as many steps").click()
    app.wait_for_selector(".tc-stage[data-lanes='3']")
    app.wait_for_selector("body:not(.tc-running)")
    expect(app.locator(".tc-stage canvas:visible")).to_have_count(3)
    expect(app.locator(".tc-lane-c figcaption")).to_contain_text(f"only {happened.count('1')} steps")
    expect(app.locator(".tc-lane-c figcaption")).to_contain_text("dB")
    shot("third-video")


def test_the_score_of_the_what_if_outlives_a_reload(page):
    page.add_init_script('localStorage.setItem(\'teacache-foretold\', \'{"same":15,"calls":16,"runs":1}\')')
    open_app(page)
    page.wait_for_function("Boolean(teacache.now.table)")
    page.evaluate(
        """() => {
          teacache.goTo(teacache.view().rowIndex + 8);
          teacache.emit('starting', teacache.view());
          const { run, row, threshold } = teacache.view();
          const cached = { ...run.cached, computed: [...row[2]].map(Number) };
          const made = { run: 'made', phase: 'done', cached, controls: { ...run.controls, threshold } };
          window.said = teacache.outcomeText({ run: { ...run, ...made }, kind: 'run' });
        }"""
    )
    assert "So far: 65 of 66 (runs: 2)" in page.evaluate("window.said")
    assert '"runs":2' in page.evaluate("localStorage.getItem('teacache-foretold')")


LOADS = "document.querySelector('.tc-state.loading')"
# What the head then says of the model, where it is anything else.
DISAGREES = f"{LOADS} && !document.querySelector('.tc-chip.loading')"
LEFT = """() => {
  const chip = document.querySelector('#tc-forecast');
  window.left = [];
  new MutationObserver(() => {
    const seconds = /^(\\d+) s left$/.exec(chip.textContent);
    if (seconds) window.left.push(Number(seconds[1]));
  }).observe(chip, { subtree: true, childList: true, characterData: true });
}"""


@pytest.mark.alone  # what runs beside it makes the time left jump in truth
def test_while_a_model_loads_no_word_says_it_is_ready_and_the_time_left_does_not_jump_between_the_halves(app):
    fill(app, steps=2, seed=5)
    run(app)
    wait_for_state(app, "done")  # the other model is not loaded now
    app.click("#tc-worlds button >> nth=1")
    app.wait_for_function("teacache.now.model === 'scenes' && teacache.now.run.about.model === 'scenes'")
    fill(app, steps=12, seed=5)
    loads, disagrees = (app.evaluate(LOOK_OUT, condition) for condition in (LOADS, DISAGREES))
    app.evaluate(LEFT)
    run(app)
    app.wait_for_function("teacache.now.run.phase === 'cached'")
    app.evaluate("window.left.push('cached')")
    wait_for_state(app, "done")
    assert app.evaluate("place => window.lookouts[place].seen", loads)
    assert not app.evaluate("place => window.lookouts[place].seen", disagrees)
    seconds = app.evaluate("window.left")
    half = seconds.index("cached")
    before, after = seconds[:half], seconds[half + 1 :]
    assert before and after and after[0] <= before[-1]


HANDLE = """() => {
  const range = document.querySelector('.tc-scale');
  const { left, width } = range.getBoundingClientRect();
  return left + 11 + (range.value / range.max) * (width - 22);
}"""


@pytest.mark.slow
def test_after_ones_own_run_the_handle_is_where_the_hand_left_it_though_the_schedules_are_others(app, shot):
    fill(app, seed=3)  # of 50 steps, as the run on screen
    app.evaluate("document.querySelector('[data-level=simple]').click()")
    app.evaluate("teacache.goTo(Math.round(teacache.now.table.rows.length * 0.4))")
    app.wait_for_function("teacache.view().kind === 'whatif'")
    before, rows = app.evaluate(HANDLE), app.evaluate("teacache.now.table.rows.length")
    run(app)
    wait_for_state(app, "done")
    app.wait_for_function("teacache.now.table.run === teacache.now.run.run")
    app.wait_for_function("document.querySelector('.tc-scale').max == teacache.now.table.rows.length")
    assert app.evaluate("teacache.now.table.rows.length") != rows
    assert abs(app.evaluate(HANDLE) - before) < 1
    shot("handle-kept")
