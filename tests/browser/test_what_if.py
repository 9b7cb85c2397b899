"""What a visitor asks of a recorded run: other rules, targets, the polynomial. No model is needed."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.steps import comes_by, move_slider, open_app, refused
from tests.browser.test_explore import NUMBER_AGREES


@pytest.fixture
def explorer(page):
    open_app(page)
    page.wait_for_function("Boolean(teacache.now.table)")
    return page


def row(page) -> int:
    return page.evaluate("teacache.view().rowIndex")


def open_rules(page) -> None:
    page.locator("#tc-more button").first.click()
    page.locator("#tc-indicator").wait_for()


def test_arrow_keys_on_the_slider_go_from_schedule_to_schedule(explorer):
    at = row(explorer)
    explorer.locator(".tc-scale").focus()
    for key, step in (("ArrowRight", 1), ("ArrowUp", 2), ("ArrowLeft", 1), ("ArrowDown", 0)):
        explorer.keyboard.press(key)
        explorer.wait_for_function("at => teacache.view().rowIndex === at", arg=at + step)


def test_the_slider_snaps_to_a_schedule_when_dragged_by_hand(explorer):
    own = explorer.evaluate("teacache.now.threshold")
    box = explorer.locator(".tc-scale").bounding_box()
    y = box["y"] + box["height"] / 2
    explorer.mouse.move(box["x"] + box["width"] * 0.1, y)
    explorer.mouse.down()
    explorer.mouse.move(box["x"] + box["width"] * 0.3, y, steps=5)
    explorer.mouse.up()
    explorer.wait_for_function("own => teacache.now.threshold !== own", arg=own)
    explorer.wait_for_function("teacache.now.table.rows.some((row) => row[4] === teacache.now.threshold)")
    explorer.wait_for_function(NUMBER_AGREES)


def test_no_schedule_between_neighbours_is_skipped_however_narrow(explorer):
    rows = explorer.evaluate("teacache.now.table.rows.length")
    seen = explorer.evaluate(
        """count => Array.from({length: count}, (_, i) => (teacache.goTo(i), teacache.view().rowIndex))""",
        rows,
    )
    assert seen == list(range(rows))


def test_a_wanted_speedup_gives_the_smallest_threshold_for_it(explorer):
    calls = explorer.evaluate("teacache.view().total")
    for speed in (1.5, 2.5, 4.0):
        explorer.locator(".tc-target input").fill(str(speed))
        reached = "speed => Math.abs(teacache.view().total / teacache.view().computed - speed) < speed / 4"
        explorer.wait_for_function(reached, arg=speed)
        computed, before = explorer.evaluate(
            """() => [0, 1].map((back) => teacache.now.table.rows[teacache.view().rowIndex - back][2])
              .map((bits) => bits.split('1').length - 1)"""
        )
        assert calls / before < speed <= calls / computed


def test_a_wanted_psnr_gives_a_threshold_from_the_runs_already_made(explorer, shot):
    explorer.click(".tc-target [data-mode=psnr]")
    explorer.locator(".tc-target input").fill("45")
    explorer.wait_for_function("document.querySelector('.tc-aim').textContent.includes('45')")
    known = explorer.evaluate("teacache.now.table.fidelity")
    wanted = next(threshold for decibel, threshold in known["targets"] if decibel == 45)
    explorer.wait_for_function("t => Math.abs(teacache.now.threshold - t) < 1e-5", arg=wanted)
    assert f"{known['runs']} runs" in explorer.get_attribute(".tc-aim", "data-tip")
    shot("target-psnr")


def test_where_reuse_begins_is_said_and_one_click_away(explorer):
    first = explorer.evaluate("teacache.now.table.first.threshold")
    assert "this run: first reuse at" in explorer.inner_text(".tc-first")
    assert "no run reuses below" in explorer.inner_text("#tc-about summary")  # the model's is of all runs
    explorer.click(".tc-first")
    explorer.wait_for_function("teacache.view().reused > 0 && teacache.view().reused < 4")
    assert explorer.evaluate("teacache.view().row[0]") == pytest.approx(first)


def test_another_indicator_decides_the_same_trace_again(explorer, shot):
    before = explorer.evaluate("teacache.now.table.est")
    open_rules(explorer)
    for label, signal in (("Timestep embedding", "embedding"), ("Noisy input", "latent")):
        explorer.get_by_role("radio", name=label).check()
        explorer.wait_for_function("signal => teacache.now.table.signal === signal", arg=signal)
        assert explorer.evaluate("teacache.now.table.est") != before
        naive = explorer.locator("#tc-estimator input[value=naive]")
        expect(naive).to_be_checked()  # as it comes: no polynomial
        assert explorer.evaluate("teacache.now.table.est.slice(1)") == explorer.evaluate(
            "teacache.now.table.ind.slice(1)"
        )
        line = explorer.locator(".tc-line")
        expect(line).to_contain_text(label)
        expect(line).to_contain_text("naive, since the polynomial belongs to TeaCache's own")
        shot(f"indicator-{signal}")
        explorer.get_by_label("TeaCache's own").check()
        expect(explorer.locator("#tc-estimator input[value=calibrated]")).to_be_checked()  # as the run had it
        explorer.wait_for_function("before => teacache.now.table.est[5] === before[5]", arg=before)


def test_a_signal_that_was_not_recorded_cannot_be_chosen(explorer, tmp_path, shot):
    run = explorer.evaluate("teacache.now.run.run")
    trace = explorer.request.get(f"/teacache/take/{run}/trace.json").json()
    for number, record in enumerate(trace["records"]):
        record |= {"latent_distance": None, "branch": ("cond", "uncond")[number % 2], "step": number // 2}
    (tmp_path / "own.json").write_text(json.dumps(trace | {"latent_free": True, "steps": 25}))
    explorer.set_input_files("#tc-trace-file", tmp_path / "own.json")
    explorer.wait_for_function("teacache.view().table && teacache.view().table.run.startsWith('upload-')")
    open_rules(explorer)
    latent = explorer.locator("#tc-indicator input[value=latent]")
    expect(latent).to_be_disabled()
    explorer.locator("#tc-indicator label").last.hover()
    expect(explorer.locator(".tc-tip.on")).to_contain_text("did not record it")
    expect(explorer.locator("#tc-indicator input[value=embedding]")).to_be_enabled()
    expect(explorer.locator("#tc-indicator label").first).to_have_text("TeaCache's own")
    expect(explorer.locator(".tc-stands")).to_contain_text("by: Timestep embedding")
    assert explorer.locator(".tc-lane-name").all_inner_texts() == ["prompt", "empty"]
    shot("signals")


def test_settings_that_never_reuse_say_why(explorer, shot):
    open_rules(explorer)
    explorer.locator("#tc-first input").fill("40")
    explorer.locator("#tc-last input").fill("20")
    explorer.wait_for_function(
        "document.querySelector('.tc-line').textContent.startsWith('These settings never reuse')"
    )
    assert "the first 40 and the last 20 of 50" in explorer.inner_text(".tc-line")
    assert explorer.locator(".tc-cell.reused").count() == 0
    shot("never")


def test_an_own_polynomial_is_replayed_and_nonsense_is_refused(explorer, shot):
    explorer.get_by_label("Own", exact=True).check()
    box = explorer.locator("#tc-coefficients textarea")
    box.fill("3, 0")
    box.blur()
    explorer.wait_for_function(
        "Math.abs(teacache.now.table.est[3] / teacache.now.run.cached.ind[3] - 3) < .01"
    )
    box.fill("three times")
    box.blur()
    refused(explorer, "“Own polynomial” (coefficients) is 'three times'")
    shot("own-polynomial")
    box.fill("2, 0")
    box.blur()
    expect(explorer.locator(".tc-line")).to_contain_text("What-if")  # what was refused is forgotten
    expect(explorer.locator(".tc-line.failed, .tc-toast")).to_have_count(0)


def test_zero_on_the_slider_is_off_where_the_lowest_threshold_reuses_at_once(explorer, shot):
    explorer.get_by_label("Own", exact=True).check()
    box = explorer.locator("#tc-coefficients textarea")
    box.fill("-1, 0")  # every estimate is negative: no sum reaches any threshold
    box.blur()
    explorer.wait_for_function("teacache.view().row[2].includes('0')")
    move_slider(explorer, 0)
    explorer.wait_for_function("teacache.view().computed === teacache.view().total")
    assert set(explorer.evaluate("teacache.view().columns.reason")) == {"off"}
    shot("zero-is-off")
    explorer.locator(".tc-scale").focus()
    explorer.keyboard.press("ArrowRight")
    explorer.wait_for_function("teacache.view().row[2].includes('0')")


def test_half_a_step_is_refused_and_not_rounded(explorer):
    open_rules(explorer)
    box = explorer.locator("#tc-first input")
    box.fill("2.5")
    refused(explorer, "(first_steps) is 2.5, but must be a whole number")
    box.fill("3")
    explorer.wait_for_function("teacache.now.table.controls.first === 3")
    box.fill("0.1")  # a share of the 50
    explorer.wait_for_function("teacache.now.table.forced[0] === 5")
    expect(explorer.locator(".tc-cell.reused").first).to_be_visible()


def test_a_forced_step_too_few_is_refused_in_the_pages_words(open_page):
    page = open_page(locale="de-DE")
    open_app(page)
    page.wait_for_function("Boolean(teacache.now.table)")
    open_rules(page)
    box = page.locator("#tc-first input")
    box.fill("0")
    refused(page, "„Erste“ (first_steps) ist 0, muss aber eine ganze Zahl")
    box.fill("")  # no more than what must be
    page.wait_for_function("teacache.now.table.controls.first === 1")
    expect(page.locator(".tc-line.failed")).to_have_count(0)


# What the server answers can be there before the first frame; 250 ms is what ui/screen/view.js waits for it.
LATE_FRAMES = """
const [frame, later] = [requestAnimationFrame, setTimeout];
window.requestAnimationFrame = (draw) => later(() => frame(draw), 700);
window.setTimeout = (f, ms, ...rest) => later(f, ms === 250 ? 700 : ms, ...rest);
"""


@pytest.mark.parametrize("path, late", [("/?step=7", False), ("/?level=simple&threshold=0.3&step=7", True)])
def test_a_link_to_a_step_opens_it_under_the_row_of_steps(page, path, late):
    if late:
        page.add_init_script(LATE_FRAMES)
    open_app(page, path)
    card = page.locator(".tc-step-card")
    expect(card).to_contain_text("Step 7")
    page.wait_for_function(
        """() => {
          const box = (name) => document.querySelector(name).getBoundingClientRect();
          return Math.abs(box('.tc-step-card').top - box('.tc-strip').bottom - 26) < 3;
        }"""
    )


def test_the_arithmetic_is_that_of_the_indicator_that_decides(page, shot):
    open_app(page, "/?estimator=own&coefficients=2,0&indicator=embedding&step=7")
    page.wait_for_function("teacache.now.table && teacache.now.table.signal === 'embedding'")
    x, y = page.evaluate(
        "[teacache.view().columns.ind[6], teacache.view().columns.est[6]].map((v) => teacache.num(v))"
    )
    assert float(y) == pytest.approx(2 * float(x), rel=0.02)
    card = page.locator(".tc-step-card")
    expect(card).to_contain_text(f"changed by {x} since")
    expect(card).to_contain_text(f"by about {y}")
    shot("step-of-another-indicator")
    page.evaluate("teacache.emit('point', 6)")
    expect(page.locator(".tc-say")).to_contain_text(f"embedding changed by {x}")
    expect(page.locator("#tc-calls tbody tr").nth(6)).to_contain_text(x)
    page.get_by_label("Naive", exact=True).check()
    page.wait_for_function("teacache.now.table.controls.naive")
    page.evaluate("teacache.inspect.open(6)")
    expect(card).to_contain_text(f"Without a polynomial that is the estimate itself: {x}")


def test_the_panel_shows_this_runs_pairs_and_a_refit_can_be_used(explorer, shot):
    explorer.click(".tc-poly summary")
    explorer.wait_for_selector(".tc-poly-plot .pair")
    assert explorer.locator(".tc-poly-plot .pair").count() == 49
    explorer.get_by_text("Recalibrate from this visit's runs").click()
    explorer.wait_for_selector(".tc-compared")
    old, new = (float(text) for text in explorer.locator(".tc-compared td:nth-child(2)").all_inner_texts())
    assert new > old  # least squares on these very pairs
    shot("refit", full_page=True)
    explorer.get_by_text("Use it").click()
    explorer.wait_for_function("r2 => Math.abs(teacache.now.table.panel.r2 - r2) < 2e-3", arg=new)
    expect(explorer.locator("#tc-estimator input[value=own]")).to_be_checked()


# How long a redraw takes is measured by `python -m benchmarks`; here, that it is the cheap kind.
REDRAWS = """async (count) => {
  const rows = teacache.now.table.rows, react = Plotly.react;
  let plots = 0, sketches = 0;
  Plotly.react = (...given) => ((plots += 1), react(...given));
  for (let i = 0; i < count; i++) {
    teacache.now.threshold = rows[5 + ((i * 37) % 120)][4];
    teacache.emit('view', teacache.view());
    sketches += document.querySelectorAll('.tc-plot.moving .tc-sketch').length;
  }
  return [plots, sketches];
}"""


def test_the_panel_names_the_red_zone_and_does_not_praise_what_explains_nothing(explorer, shot):
    explorer.click(".tc-poly summary")
    legend = explorer.locator(".tc-poly-plot .tc-legend")
    expect(legend).not_to_contain_text("below 0")
    explorer.get_by_label("Own", exact=True).check()
    box = explorer.locator("#tc-coefficients textarea")
    box.fill("9, -0.3")
    box.blur()
    expect(legend).to_contain_text("estimate below 0")
    expect(explorer.locator("#tc-polynomial .tc-gist")).to_contain_text("explains none of this run's changes")
    shot("negative-zone")


def test_a_polynomial_fitted_at_another_number_of_steps_says_so(page):
    open_app(page, "/?run=6-few-steps")
    page.wait_for_function("teacache.now.table && teacache.now.table.run === '6-few-steps'")
    page.click(".tc-poly summary")
    steps = page.evaluate("teacache.now.run.steps")
    expect(page.locator(".tc-caution")).to_contain_text(f"runs of 50 steps; this one has {steps}")


def test_why_no_threshold_keeps_a_psnr_can_be_read_by_keyboard(explorer):
    open_rules(explorer)
    explorer.click(".tc-target [data-mode=psnr]")
    explorer.locator("#tc-most input").fill("7")  # rules that no run was made with
    explorer.wait_for_function("teacache.now.table.fidelity.runs === 0")
    explorer.locator(".tc-target input").focus()
    explorer.keyboard.press("Tab")
    expect(explorer.locator(".tc-tip.on")).to_contain_text("No run with these rules yet")


def test_what_moves_is_sketched_and_asks_nobody(explorer):
    explorer.wait_for_selector(".tc-plot .scatterlayer path", state="attached")
    requests = []
    explorer.on("request", lambda request: requests.append(request.url))
    assert explorer.evaluate(REDRAWS, 60) == [0, 60]
    assert not [url for url in requests if "/queue/" in url or "/run/" in url]


def test_the_sketch_gives_way_to_the_plot_when_nothing_moves(explorer):
    explorer.wait_for_selector(".tc-plot .scatterlayer path", state="attached")
    with comes_by(explorer, "document.querySelector('.tc-plot.moving .tc-sketch')"):
        move_slider(explorer, explorer.evaluate("teacache.now.threshold * 1.5"))
    explorer.wait_for_selector(".tc-plot:not(.moving)")
    expect(explorer.locator(".tc-sketch")).to_have_count(0)


def test_a_model_that_cannot_run_here_says_why_and_brings_its_own_defaults(explorer, shot):
    expect(explorer.locator("#tc-about")).to_contain_text("no run reuses below")
    explorer.click("#tc-model input")
    explorer.get_by_role("option", name="Wan 2.1, 1.3B").click()
    explorer.wait_for_function("teacache.now.model === 'wan-1.3b'")
    expect(explorer.locator("#tc-about")).to_contain_text("reuse at any")  # its polynomial turns negative
    if "cannot run here" in explorer.inner_text("#tc-about"):
        expect(explorer.locator(".tc-why")).to_have_text(re.compile(r"\.$"))
        expect(explorer.locator("#tc-run")).to_have_css("pointer-events", "none")
    explorer.wait_for_function("document.querySelector('#tc-guidance input').value === '5'")
    explorer.wait_for_function("Number(teacache.slider().max) < 0.5")
    told = re.compile("run on screen|Wan 2.1, 1.3B")  # whose steps these are, or why its own cannot be had
    expect(explorer.locator(".tc-line")).to_contain_text(told)
    expect(explorer.locator(".tc-handle")).to_be_hidden()  # the threshold is no longer of the run on screen
    shot("another-model")
    explorer.locator("#tc-recorded button").first.click()
    explorer.wait_for_function("teacache.now.model === 'shapes' && Number(teacache.slider().max) > 0.5")


def test_an_image_to_video_model_asks_for_its_first_frame(explorer, shot):
    assert not explorer.locator("#tc-image").is_visible()
    explorer.click("#tc-model input")
    explorer.get_by_role("option", name="ConsisID").click()
    explorer.locator("#tc-image").wait_for()
    shot("first-frame")
