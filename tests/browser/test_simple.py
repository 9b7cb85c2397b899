"""Simple, which the bare address opens: the threshold, the mechanism, the clips; and the way to Lab."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree

import pytest
from playwright.sync_api import expect

from tests.browser.parted import PARTED
from tests.browser.steps import LOOK_OUT, at_rest, model_ready, move_slider, still, wait_for_state
from tests.browser.test_everyone import AXE, broken
from tests.browser.test_first_screen import CUT
from tests.browser.test_loading import MOST, WATCH
from tests.browser.test_upload import cogvideox
from tests.representative import first_of

LEFT_OUT = (
    *("#tc-estimator", "#tc-more", "#tc-model", "#tc-steps", ".tc-plot", "#tc-damage", "#tc-polynomial"),
    *(
        "#tc-recorded",
        "#tc-dial",
        "#tc-rivals",
        "#tc-history",
        "#tc-downloads",
        "#tc-link-copy",
        ".tc-frames",
    ),
)
MOST_STOPS = 40  # of Tab, explanations counted; there were 115
FRAME = 16  # ms
SIZES = ((1366, 768, "wide"), (1024, 768, "wide"), (390, 844, "narrow"))

STEPS = 8
FORMER = "document.querySelector('.tc-lane-a figcaption').textContent === 'uncached, run before'"
GATE_OFF = "document.querySelector('.tc-mech .gate .value').textContent === 'off'"
BELOW = "part => document.querySelector(part).getBoundingClientRect().bottom"
# Between what stands below the slider's track, and to both ends of it.
GAPS = """() => {
  const note = document.querySelector('.tc-track-note');
  const boxes = [...note.children].map((child) => child.getBoundingClientRect()).filter(({ width }) => width);
  const [first, last] = [boxes[0], boxes.at(-1)];
  const ends = [first.left - note.parentElement.getBoundingClientRect().left, innerWidth - last.right];
  return [...ends, ...boxes.slice(1).map(({ left }, i) => left - boxes[i].right)];
}"""

# What of a sentence that is said for a while is drawn in the colour of errors.
RED = """() => {
  const probe = document.body.appendChild(document.createElement('i'));
  probe.style.color = 'var(--tc-bad)';
  const red = getComputedStyle(probe).color;
  probe.remove();
  const style = getComputedStyle(document.querySelector('.tc-toast'));
  return ['Top', 'Right', 'Bottom', 'Left'].filter((side) => style[`border${side}Color`] === red);
}"""

# Of Run, without and with the seconds of the next run beside it.
WIDTHS = """() => [true, false].map((hidden) => {
  document.querySelector('#tc-forecast').hidden = hidden;
  return document.querySelector('#tc-run').getBoundingClientRect().width;
})"""


def caption(page) -> str:
    return page.locator(".tc-mech .caption").text_content()


def value(page, box: str) -> str:
    return page.locator(f".tc-mech .{box} .value").text_content()


def point(page, call: int) -> None:
    page.hover(f'.tc-strip .tc-cell[data-i="{call}"]')
    step = page.evaluate("call => teacache.view().columns.step[call] + 1", call)
    expect(page.locator(".tc-mech .caption")).to_contain_text(f"{step}:")


def test_the_bare_address_shows_threshold_mechanism_and_clips_and_fetches_no_plotly(simple, shot):
    page = simple()
    shot("simple", page)
    for part in LEFT_OUT:
        expect(page.locator(part).first).to_be_hidden()
    for part in ("#tc-threshold", "#tc-run", ".tc-mech", ".tc-strip", "#tc-prompt", ".tc-transport"):
        box = page.locator(part).first.bounding_box()
        assert box["y"] + box["height"] <= 768, part
    page.wait_for_load_state("networkidle")
    without, beside = page.evaluate(WIDTHS)
    assert without == beside
    assert not page.evaluate("[...document.scripts].some(({ src }) => src.includes('plotly'))")


STOPS = """() => [...document.querySelectorAll('a, button, input, select, textarea, summary, [tabindex]')]
  .filter((e) => !e.disabled && e.tabIndex >= 0 && e.checkVisibility({ visibilityProperty: true })).length"""


def test_there_is_little_to_press_and_the_slider_is_as_wide_as_the_page(simple):
    page = simple(viewport={"width": 1280, "height": 720})
    assert page.evaluate(STOPS) <= MOST_STOPS
    assert page.locator(".tc-scale").bounding_box()["width"] > 900
    stage, slider = (page.locator(part).bounding_box() for part in (".tc-stage", "#tc-threshold"))
    assert 0 < stage["y"] - (slider["y"] + slider["height"]) < 40
    transport = page.locator(".tc-transport").bounding_box()
    assert transport["y"] + transport["height"] <= 720


def test_quality_against_latency_is_folded_beside_the_clips_and_follows_the_threshold(simple):
    page = simple()
    fold, figure = page.locator(".tc-quality"), page.locator(".tc-quality figure")
    summary = fold.locator("summary").bounding_box()
    assert summary["y"] + summary["height"] <= 768
    expect(figure).to_be_hidden()
    fold.locator("summary").click()
    expect(figure).to_be_visible()
    page.wait_for_function("teacache.facts()?.ladder")
    points = [point.split(",") for point in figure.locator(".curve").get_attribute("points").split()]
    rungs = page.evaluate("teacache.facts().ladder.rungs.map(({ threshold }) => threshold)")
    on_the_line = sorted({*rungs, page.evaluate("teacache.now.run.controls.threshold")})
    assert len(points) == len(on_the_line)
    ring = figure.locator(".ring")
    expect(ring).to_be_hidden()  # the run on screen has its own
    for place in (1, len(rungs) - 2):
        move_slider(page, rungs[place])
        x, y = points[on_the_line.index(rungs[place])]
        expect(ring).to_have_attribute("cx", x)
        expect(ring).to_have_attribute("cy", y)
    move_slider(page, 0)  # every step computed: as fast as uncached, and equal to it
    upper = float(figure.locator("svg").first.get_attribute("viewBox").split()[3]) * 0.15
    page.wait_for_function("most => document.querySelector('.ring').getAttribute('cy') < most", arg=upper)
    expect(figure.locator(".tc-dot")).to_have_count(1)
    page.click(".tc-level [data-level=lab]")
    expect(page.locator("#tc-history figure .tc-dot").nth(1)).to_be_attached()
    expect(fold).to_be_hidden()


@pytest.mark.parametrize("width, height", first_of((390, 844), (1280, 720)))
def test_what_teacache_is_where_it_comes_from_and_where_to_begin_come_first(simple, width, height):
    page = simple(viewport={"width": width, "height": height})
    figures = page.locator(".tc-figures").bounding_box()
    for part in (".tc-origin p", ".tc-origin a >> nth=0", ".tc-origin a >> nth=1", "#tc-tour-start"):
        box = page.locator(part).bounding_box()
        assert box["y"] + box["height"] < figures["y"], part
    player = page.locator(".tc-stage").bounding_box()
    dock = page.locator("#tc-threshold").bounding_box()
    assert player["y"] + player["height"] <= (dock["y"] if width < 820 else height)
    assert page.get_attribute(".tc-stage", "data-mode") == "side"


def test_lab_has_everything_is_kept_and_stands_in_the_address(simple):
    page = simple()
    page.click(".tc-level [data-level=lab]")
    at_rest(page)
    for part in LEFT_OUT:
        expect(page.locator(part).first).to_be_visible()
    page.wait_for_function("location.search.includes('level=lab')")
    link = page.evaluate("teacache.link()")
    other = simple(link)
    expect(other.locator("#tc-estimator")).to_be_visible()
    page.click(".tc-level [data-level=simple]")
    expect(page.locator("#tc-estimator")).to_be_hidden()
    assert page.evaluate("localStorage.getItem('teacache-level')") == '"simple"'


@pytest.mark.parametrize(
    "query, level",
    [
        ("?run=2-gentle&threshold=0.1", "simple"),
        ("?estimator=naive", "lab"),
        ("?steps=12", "lab"),
        ("?embed=1", "lab"),
        ("?show=wipe", "lab"),
        ("?steps=12&level=simple", "simple"),
        ("?level=nothing", "simple"),
    ],
)
def test_a_link_opens_what_shows_all_that_it_asks_for(open_page, query, level):
    page = open_page(level="simple")
    page.goto("/" + query, wait_until="commit")  # the page's head decides, before anything is there
    page.wait_for_function("document.documentElement.dataset.level")
    assert page.evaluate("document.documentElement.dataset.level") == level


def test_the_diagram_follows_the_pointer_with_the_calls_numbers(simple):
    page = simple()
    columns = page.evaluate("teacache.view().columns")
    assert caption(page).startswith(f"Step {columns['computed'].index(0) + 1}: reused")  # shows most
    for call in (0, 7, 8, 20):
        point(page, call)
        assert ("computed" in caption(page)) == bool(columns["computed"][call])
        shown = "residual" if columns["computed"][call] else "blocks"
        expect(page.locator(f".tc-mech .{shown}")).to_have_class(re.compile(r"\bdim\b"))
        if columns["est"][call] is not None:
            assert float(value(page, "rescaled")) == pytest.approx(columns["est"][call], rel=0.01)
            assert float(value(page, "change")) == pytest.approx(columns["ind"][call], rel=0.01)
    assert value(page, "timestep").startswith("t = ")


def test_at_threshold_0_row_diagram_legend_and_line_agree_that_teacache_is_off(simple, shot):
    page = simple()
    by_rule, legend = page.locator(".tc-cell.forced"), page.locator(".tc-key:has(.forced)")
    for place in range(by_rule.count()):
        point(page, int(by_rule.nth(place).get_attribute("data-i")))
        assert value(page, "gate") == "rule"
    expect(legend).to_be_visible()
    move_slider(page, 0)
    expect(by_rule).to_have_count(0)
    expect(legend).to_be_hidden()
    expect(page.locator(".tc-line")).to_contain_text("switches TeaCache off")
    for call in (0, 7, 49):
        point(page, call)
        assert value(page, "gate") == "off" and value(page, "residual") == "–"
        expect(page.locator(".tc-say")).to_contain_text("switches TeaCache off")
    shot("off", page)


def test_what_is_said_of_the_dots_is_said_of_those_that_are_drawn(simple):
    page = simple("/?run=2-gentle")
    if not page.locator("details.tc-quality[open]").count():
        page.locator(".tc-quality summary").click()
    said, hollow = page.locator(".tc-quality > .tc-note"), page.locator(".tc-quality .tc-dot.other")
    expect(hollow.first).to_be_visible()
    expect(said).to_contain_text("Hollow dots")
    model_ready(page)
    page.click("#tc-run")
    page.wait_for_function("teacache.now.run.phase === 'uncached'")
    expect(hollow).to_have_count(0)
    expect(said).not_to_contain_text("ollow dots")
    expect(said).to_contain_text("when it is done")
    page.click("#tc-stop")


def test_a_moved_threshold_moves_the_gate(simple):
    page = simple()
    point(page, 7)
    assert "computed" in caption(page) and value(page, "gate") == "≥ δ"
    moved = page.evaluate("teacache.view().columns.acc[7]") * 1.01  # just above what had decided it
    move_slider(page, moved)
    page.wait_for_function("!teacache.view().columns.computed[7]")
    expect(page.locator(".tc-mech .caption")).to_contain_text("reused")
    assert value(page, "gate") == "< δ"


PIXELS = """() => {
  const canvas = document.querySelector('.tc-mech-more canvas');
  return [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data];
}"""


def test_every_box_opens_with_the_numbers_filled_in_by_mouse_and_by_key(simple):
    page = simple()
    page.wait_for_function("document.querySelector('.tc-mech .blocks .name').textContent.startsWith('16')")
    point(page, 8)
    said = page.locator(".tc-mech-more")
    for box in page.locator(".tc-mech .box").all():
        box.locator(".frame").click()
        expect(said).to_be_visible()
        text = said.text_content()
        assert len(text) > 20 and not re.search(r"[{}–]|NaN|undefined", text), text
    canvas = page.locator(".tc-mech-more canvas")
    for box, picture in (("latents", True), ("residual", True), ("sum", False)):
        page.locator(f".tc-mech .{box} .frame").click()
        expect(canvas).to_be_visible(visible=picture)
        assert len(set(page.evaluate(PIXELS))) > 8 or not picture, box  # something is painted
    page.locator(".tc-mech .rescaled .frame").click()
    p, x, y = re.search(r"p\(x\) = (.*); p\((.*)\) = (.*?)\. ", said.text_content()).groups()
    terms = p.replace("−", "+ -").replace(" ", "").split("+")
    powers = dict(zip(("⁴", "³", "²", "x", ""), (4, 3, 2, 1, 0), strict=True))
    total = 0.0
    for term in filter(None, terms):
        factor, _, power = term.partition("·")
        total += float(factor) * float(x) ** powers[power[-1:] if power else ""]
    assert total == pytest.approx(float(y), abs=2e-3)
    page.keyboard.press("Escape")
    expect(said).to_be_hidden()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(said).to_contain_text("reused" if "reused" in caption(page) else "computed")


def test_a_trace_whose_decision_is_made_by_the_timestep_alone_says_so(simple, tmp_path):
    page = simple()
    (tmp_path / "own.json").write_text(json.dumps(cogvideox().to_json()))
    page.set_input_files("#tc-trace-file", tmp_path / "own.json")
    page.wait_for_selector(".tc-state.uploaded")
    expect(page.locator(".tc-mech .compared .name")).to_have_text("Compared embedding")
    page.locator(".tc-mech .latents .frame").click()
    expect(page.locator(".tc-mech-more")).to_contain_text("no part in the decision")


def test_the_diagram_is_a_file_for_a_slide(simple):
    page = simple()
    with page.expect_download() as saved:
        page.locator(".tc-mech > .tc-take").click()
    root = ElementTree.parse(saved.value.path()).getroot()
    texts = [node.text for node in root.iter("{http://www.w3.org/2000/svg}text") if node.text]
    assert any(text.startswith("Step ") for text in texts) and root.get("width") == "1000"
    assert not [node for node in root.iter() if node.get("class")]


# Of pointing at each call in turn: milliseconds of script, the 95th of a hundred.
DRAWING = """() => {
  const times = [];
  for (let call = 0; call < teacache.view().columns.step.length; call++) {
    const began = performance.now();
    teacache.emit('point', call);
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length * 0.95)];
}"""


@pytest.mark.alone
@pytest.mark.parametrize("run", ["1-faithful", "scenes-1-faithful"])
def test_a_call_is_drawn_within_a_frame_whatever_box_is_open(simple, run):
    page = simple(f"/?run={run}&level=simple")
    page.wait_for_function("run => teacache.now.run.run === run", arg=run)
    took = {}
    for box in (None, "change", "rescaled", "sum", "latents", "residual"):
        if box:
            page.locator(f".tc-mech .box[data-box={box}] .frame").click()
            expect(page.locator(".tc-mech-more")).to_be_visible()
        page.wait_for_load_state("networkidle")  # pictures are there
        took[box] = min(page.evaluate(DRAWING) for _ in range(3))  # the calmest: of the page, not the machine
    assert max(took.values()) <= FRAME, took


def test_the_tour_shows_what_its_lessons_point_at(simple):
    page = simple()
    page.click("#tc-tour-start")
    expect(page.locator(".tc-plot")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".tc-plot")).to_be_hidden()


@pytest.mark.parametrize("theme", first_of("dark", "light"))
def test_axe_finds_nothing_serious(simple, theme, shot):
    page = simple(f"/?__theme={theme}", color_scheme=theme)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for width, height, layout in (SIZES[0], SIZES[-1]):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_selector(f".tc-mech svg.{layout}")
        assert broken(page) == [], width
        page.locator(".tc-mech .sum .frame").click()
        assert broken(page, ".tc-mech") == [], width
        shot(f"simple-{theme}-{width}", page, full_page=True)
        page.locator(".tc-mech .sum .frame").click()


# Words that are wider than the box that they stand in.
WIDE = """() => [...document.querySelectorAll('.tc-mech .box')].flatMap((box) => {
  const { width } = box.querySelector('.frame').getBBox();
  const wide = (text) => text.getBBox().width > width;
  return [...box.querySelectorAll('text')].filter(wide).map((text) => text.textContent);
})"""


@pytest.mark.parametrize("language", first_of("de-DE", "en-US", "zh-CN"))
def test_no_word_is_cut_and_none_leaves_its_box(simple, language):
    page = simple(locale=language)
    for width, height, layout in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_selector(f".tc-mech svg.{layout}")
        assert page.evaluate(CUT) == [], width
        assert page.evaluate(WIDE) == [], width
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width


@pytest.mark.parametrize("width, height, language", first_of((390, 844, "de-DE"), (1366, 768, "en-US")))
def test_nothing_jumps_while_it_comes(simple, width, height, language):
    page = simple(viewport={"width": width, "height": height}, locale=language)
    page.add_init_script(WATCH)
    page.reload()
    page.wait_for_selector(".tc-stage.filled")
    page.wait_for_load_state("networkidle")
    shifts = page.evaluate("window.shifts")
    assert sum(amount for amount, *_ in shifts) < MOST, shifts


def test_the_first_stop_of_tab_leads_past_the_controls_to_the_clips(simple):
    page = simple()
    page.keyboard.press("Tab")
    expect(page.locator(".tc-skip")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("Boolean(document.activeElement.closest('.tc-transport'))")


def test_a_chosen_prompt_says_that_run_is_needed_and_a_run_in_simple_ends_with_its_clips(simple):
    page = simple(f"/?steps={STEPS}&threshold=0.3&level=simple", viewport={"width": 1280, "height": 720})
    model_ready(page)
    line, run = page.locator(".tc-line"), page.locator("#tc-run")
    quiet = run.evaluate("node => getComputedStyle(node).backgroundColor")
    page.locator("#tc-chips button").first.click()
    expect(line).to_contain_text("Press Run for the clip of this prompt")
    expect(run).not_to_have_css("background-color", quiet)  # it stands out
    loud = run.evaluate("node => getComputedStyle(node).backgroundColor")
    former = page.evaluate(LOOK_OUT, FORMER)
    gates = page.evaluate(LOOK_OUT, GATE_OFF)
    run.click()
    wait_for_state(page, "done")
    assert page.evaluate("places => places.every((at) => window.lookouts[at].seen)", [former, gates])
    expect(page.locator(".tc-state")).to_have_text("done")
    expect(run).to_have_attribute("aria-disabled", "false")  # nothing goes on that is not shown
    expect(run).not_to_have_css("background-color", loud)
    page.click(".tc-level [data-level=lab]")
    expect(page.locator(".tc-verdict")).to_contain_text("Not run: a run from Simple")
    page.click(".tc-level [data-level=simple]")
    page.locator(".tc-quality summary").click()
    assert page.locator(".tc-quality figure .tc-dot").count() > 1  # something to read one's own against


@pytest.mark.parametrize("run", ["1-faithful", "scenes-1-faithful"])
def test_an_opened_box_of_the_diagram_leaves_what_plays_the_clips_on_the_screen(simple, run):
    page = simple(f"/?run={run}&level=simple", viewport={"width": 1280, "height": 720})
    page.wait_for_function("run => teacache.now.run.run === run", arg=run)
    play = ".tc-transport :is([data-icon=play], [data-icon=pause])"
    assert 0 < page.evaluate(BELOW, ".tc-transport") <= 720
    for box in ("timestep", "sinusoid", "mlp", "compared", "change", "rescaled", "sum", "gate", "residual"):
        page.locator(f".tc-mech .box[data-box={box}]").first.click()
        expect(page.locator(".tc-mech-more")).to_be_visible()
        assert 0 < page.evaluate(BELOW, play) <= 720, box


def test_the_tour_begins_at_the_threshold_that_the_run_was_made_at(simple):
    page = simple()
    own = page.evaluate("teacache.now.run.controls.threshold")
    move_slider(page, own * 4)
    page.wait_for_function("teacache.view().kind === 'whatif'")
    page.click("#tc-tour-start")
    page.wait_for_function(
        "own => teacache.view().threshold === own && teacache.view().kind === 'run'", arg=own
    )
    said = page.locator(".tc-toast")
    expect(said).to_contain_text("where the run on screen was made")
    expect(said).to_have_class(re.compile(r"\bnote\b"))  # nothing went wrong
    assert page.evaluate(RED) == []


@pytest.mark.parametrize(
    "width, language", first_of((1280, "de-DE"), (1280, "en-US"), (821, "de-DE"), (960, "de-DE"))
)
def test_what_is_said_below_the_track_has_room(simple, width, language):
    page = simple(viewport={"width": width, "height": 768}, locale=language)
    gaps = page.evaluate(GAPS)
    assert gaps and all(gap >= 8 for gap in gaps)


# Numbers along the slider that lie on one another, on the words below or beyond the window.
CROWDED = """() => {
  const boxes = [...document.querySelectorAll('.tc-scale-numbers b, .tc-track-note > *')]
    .map((node) => [node.textContent, node.getBoundingClientRect()]).filter(([, { width }]) => width);
  const over = (a, b) => a.left < b.right + 4 && b.left < a.right + 4 && a.top < b.bottom && b.top < a.bottom;
  return boxes.flatMap(([text, box], i) => [
    ...(box.left < 0 || box.right > innerWidth ? [text] : []),
    ...boxes.slice(i + 1).filter(([, other]) => over(box, other)).map(([other]) => text + ' / ' + other),
  ]);
}"""


@pytest.mark.parametrize("run_id", ["1-faithful", "scenes-1-faithful"])
@pytest.mark.parametrize("width", [1280, 900, 390])
def test_the_slider_s_scale_has_numbers_and_none_lies_on_another(simple, width, run_id):
    page = simple(f"/?run={run_id}", locale="de-DE", viewport={"width": width, "height": 844})
    numbers = page.locator(".tc-scale-numbers b")
    assert numbers.count() >= 4
    assert [numbers.first.inner_text(), numbers.last.inner_text()] == ["0", "0,8"]
    assert page.evaluate(CROWDED) == []


@pytest.mark.parametrize("run_id", ["1-faithful", "scenes-1-faithful"])
def test_the_row_of_steps_marks_the_step_that_the_diagram_shows(simple, run_id):
    page = simple(f"/?run={run_id}")
    marked = page.locator(".tc-cell.drawn")
    expect(marked).to_have_count(1)
    call = int(marked.get_attribute("data-i"))
    step = page.evaluate("call => teacache.view().columns.step[call] + 1", call)
    expect(page.locator(".tc-mech svg")).to_contain_text(f"Step {step}: reused")
    page.locator(".tc-cell").nth(8).hover()  # what is pointed at is what both show
    expect(marked).to_have_count(0)
    expect(page.locator(".tc-mech svg")).to_contain_text("Step 9:")
    expect(page.locator(".tc-cell.current")).to_have_attribute("data-i", re.compile(r"\d+"))


# Where everything stands that is not a clip.
PARTS = (".tc-figures", ".tc-line", ".tc-strip", ".tc-track", ".tc-player", ".tc-transport", "#tc-run")
PLACES = """parts => parts
  .flatMap((part) => Object.values(document.querySelector(part).getBoundingClientRect().toJSON()))"""


@pytest.mark.parametrize("width, language", [(1280, "en-US"), (390, "de-DE")])
def test_simple_shows_what_differs_by_one_switch_and_nothing_but_the_clips_moves(simple, width, language):
    page = simple(viewport={"width": width, "height": 844}, locale=language)
    ways = page.locator(".tc-player-top [data-mode]:visible")
    assert [way.get_attribute("data-mode") for way in ways.all()] == ["side", "diff"]
    places = page.evaluate(PLACES, PARTS)
    ways.last.click()
    expect(page.locator(".tc-stage")).to_have_attribute("data-mode", "diff")
    assert page.evaluate(PLACES, PARTS) == places
    ways.first.click()
    expect(page.locator(".tc-stage")).to_have_attribute("data-mode", "side")


def test_a_link_to_the_difference_opens_simple_and_one_to_the_wipe_lab(simple):
    for way, level in (("diff", "simple"), ("wipe", "lab")):
        page = simple(f"/?show={way}")
        expect(page.locator("html")).to_have_attribute("data-level", level)
        expect(page.locator(".tc-stage")).to_have_attribute("data-mode", way)


CLIPS = """() => [...document.querySelectorAll('.tc-stage canvas')].slice(0, 2)
  .map((canvas) => canvas.getBoundingClientRect().toJSON())"""


@pytest.mark.parametrize("width", [1280, 390])
def test_no_clip_moves_for_what_its_caption_says(simple, width):
    page = simple(viewport={"width": width, "height": 844}, locale="de-DE", reduced_motion="reduce")
    before = page.evaluate(CLIPS)
    for caption in page.locator(".tc-stage figcaption").all():
        caption.evaluate("node => { node.textContent = 'lang '.repeat(30); }")
    assert page.evaluate(CLIPS) == before


@pytest.mark.parametrize("run_id", ["1-faithful", "scenes-1-faithful"])
def test_an_opened_polynomial_leaves_the_clips_a_size_and_names_its_axes(simple, run_id):
    page = simple(f"/?run={run_id}", viewport={"width": 1280, "height": 720})
    page.locator(".tc-mech .box[data-box=rescaled]").click()
    expect(page.locator(".tc-mech-figure text").first).to_be_attached()  # once the schedules are there
    texts = page.locator(".tc-mech-figure text").all_text_contents()
    assert {"Relative change", "estimated"} <= set(texts)
    assert page.evaluate(CLIPS)[0]["height"] >= 70
    room = page.evaluate(
        """() => {
          const [box, text] = ['.frame', '.value'].map((part) =>
            document.querySelector('.tc-mech .sum ' + part).getBoundingClientRect());
          return Math.min(text.left - box.left, box.right - text.right);
        }"""
    )
    assert room >= 4


@pytest.mark.parametrize(
    "path, of, name",
    [
        ("/?run=1-faithful", 50, "steps computed"),
        ("/?run=scenes-1-faithful", 50, "steps computed"),
        ("/?run=scenes-4-naive", 50, "steps computed"),
        (f"/?run={PARTED}", 100, "calls computed"),
    ],
)
def test_steps_are_counted_and_calls_where_those_of_a_step_may_differ(simple, path, of, name):
    figure = simple(path).locator("[data-fig=steps]")
    expect(figure.locator(".tc-term")).to_have_text(name)
    expect(figure.locator("b")).to_have_text(re.compile(rf"^\d+ / {of}$"))


def test_one_way_leads_back_and_says_of_which_model_that_run_is(simple):
    page = simple()
    page.locator("#tc-worlds button").last.click()
    page.wait_for_function("teacache.now.run.about.model === 'scenes'")
    page.locator(".tc-quality summary").click()
    expect(page.locator(".tc-way-back button:visible")).to_have_text([re.compile("Shapes δ 0.0512")])


def test_a_link_to_a_run_offers_no_way_back_to_one_that_nobody_saw(simple):
    page = simple("/?run=scenes-1-faithful")
    page.wait_for_function("teacache.now.run.about.model === 'scenes'")
    page.wait_for_selector(".tc-history tbody tr[data-run]", state="attached")
    still(page)
    expect(page.locator(".tc-way-back button:visible")).to_have_count(0)


@pytest.mark.parametrize("language, word", [("en-US", "without training"), ("de-DE", "ohne Training")])
def test_in_a_low_window_the_state_is_whole_and_the_title_says_what_teacache_is(simple, language, word):
    page = simple(viewport={"width": 640, "height": 360}, locale=language)
    model_ready(page)
    chip = page.locator(".tc-chip")
    cut = "node => node.scrollWidth > node.clientWidth + 1 || node.scrollHeight > node.clientHeight + 1"
    assert not chip.evaluate(cut)
    page.locator("h1 span").hover()
    expect(page.locator(".tc-tip.on")).to_contain_text(word)
    origin = page.locator(".tc-origin")
    expect(origin.get_by_role("link")).to_have_count(2)  # paper and code, beside the citation's button
    assert origin.bounding_box()["y"] > page.locator(".tc-transport").bounding_box()["y"]


def test_either_small_model_is_opened_by_its_first_recorded_run(simple, shot):
    page = simple()
    names = page.locator("#tc-worlds button")
    expect(names).to_have_text(["Shapes", "Scenes"])
    expect(names.first).to_have_attribute("aria-pressed", "true")
    names.last.click()
    page.wait_for_function("teacache.now.run.run === 'scenes-1-faithful' && teacache.now.model === 'scenes'")
    expect(names.last).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#tc-prompt textarea")).to_have_value(re.compile("boat"))
    expect(page.locator(".tc-chip")).to_contain_text("ready", timeout=120_000)
    page.wait_for_function("teacache.now.clip.frames === 17")
    shot("simple-scenes", page)
    move_slider(page, 0.2)
    expect(page.locator(".tc-line")).to_contain_text("exact")
    page.click(".tc-level [data-level=lab]")
    expect(page.locator("#tc-model input")).to_have_value(re.compile("Scenes"))
    offered = page.locator("#tc-recorded button:visible")
    expect(offered).to_have_count(6)
    expect(offered.first).to_have_id("tc-run-scenes-1-faithful")
    names.first.click()
    page.wait_for_function("teacache.now.run.run === '1-faithful'")
    expect(offered).to_have_count(9)


def test_a_tour_from_simple_says_that_it_shows_more_and_closing_it_brings_simple_back(simple, shot):
    page = simple(viewport={"width": 1280, "height": 720})
    page.evaluate("scrollTo(0, 6)")
    page.click("#tc-tour-start")
    note = page.locator(".tc-tour .tc-note", has_text="closing the tour brings it back")
    expect(note).to_be_visible()
    shot("tour-from-simple", page)
    page.keyboard.press("ArrowRight")
    expect(page.locator(".tc-tour")).to_contain_text("2 of 11")
    expect(note).to_have_count(0)  # once is enough
    page.evaluate("scrollTo(0, 400)")
    page.keyboard.press("Escape")
    for part in (".tc-plot", "#tc-rivals", "#tc-history", "#tc-estimator"):
        expect(page.locator(part)).to_be_hidden()
    expect(page.locator(".tc-scale")).to_be_visible()
    assert page.evaluate("scrollY") == 6
    page.click(".tc-level [data-level=lab]")
    page.click("#tc-tour-start")
    expect(page.locator(".tc-tour")).to_be_visible()
    expect(note).to_have_count(0)  # Lab shows all of it anyhow


INVITES = re.compile("Drag|press Run|Press Run|Run starts")


@pytest.mark.parametrize("level", ["simple", "lab"])
def test_the_line_invites_to_nothing_that_a_lesson_covers(simple, level):
    page = simple(f"/?level={level}&run=1-faithful", viewport={"width": 1280, "height": 720})
    line = page.locator(".tc-line")
    expect(line).to_have_text(INVITES)
    page.click("#tc-tour-start")
    expect(page.locator("#tc-run")).to_be_hidden()
    expect(line).to_have_text(re.compile(r"^Recorded on \w+\.$"))
    own = page.evaluate("teacache.now.threshold")
    move_slider(page, 0.2)  # as the handle in the plot does
    expect(line).to_contain_text("would be reused")
    expect(line).not_to_have_text(INVITES)
    move_slider(page, own)
    page.keyboard.press("Escape")
    expect(line).to_have_text(INVITES)
    page.set_viewport_size({"width": 390, "height": 844})
    page.click("#tc-tour-start")
    expect(page.locator("#tc-run")).to_be_in_viewport()
    expect(line).to_have_text(INVITES)  # beside a phone's sheet both are there


@pytest.mark.parametrize("hidden", ["run", "threshold", "left"])
def test_the_line_invites_to_nothing_that_a_link_leaves_out(simple, hidden):
    page = simple(f"/?embed=1&hide={hidden}&level=lab")
    expect(page.locator(".tc-line")).to_have_text(re.compile(r"^Recorded on \w+\.$"))
