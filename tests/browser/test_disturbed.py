"""A run that the machine disturbed: marked wherever the page shows its speedup, never as the clock had it."""

from __future__ import annotations

import json
import re
import shutil

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ARTIFACTS
from tests.browser.steps import open_app
from tests.representative import first_of
from tools.serving import HOST, free_port, served
from ui.library.library import RECORDED, Library

MINE = "20260101-000000-disturbed"
IDLE = "20260101-000001-nothing-reused"
TIMES = 12  # as long as they took, every call of the uncached run
CUT = """() => [...document.querySelectorAll('.tc-fig small, .tc-fig b')]
  .filter((part) => part.scrollWidth > part.clientWidth).map((part) => part.textContent)"""

# How much higher the mark makes the row, and how far it stands from its figure.
GROWN = """() => {
  const [row, mark] = [".tc-figures", ".tc-figures [data-fig=measured] small"].map((name) =>
    document.querySelector(name));
  const [text, height] = [mark.textContent, row.offsetHeight];
  mark.textContent = '';
  const without = row.offsetHeight;
  mark.textContent = text;
  return height - without;
}"""
# By how many pixels the mark leaves its card, or lies over the name of the figure.
ASTRAY = """() => {
  const card = document.querySelector('[data-fig=measured]');
  const [box, mark, name] = [card, ...['small', 'span'].map((part) => card.querySelector(part))].map((part) =>
    part.getBoundingClientRect());
  const over = Math.min(mark.bottom, name.bottom) - Math.max(mark.top, name.top);
  return Math.max(0, mark.bottom - box.bottom, mark.right - box.right, name.height ? over : 0);
}"""
BESIDE = """() => {
  const figure = new Range();
  figure.selectNodeContents(document.querySelector('[data-fig=measured] b'));
  const mark = document.querySelector('[data-fig=measured] small').getBoundingClientRect();
  return mark.left - figure.getBoundingClientRect().right;
}"""


def slow(folder, recorded, name):
    """A recorded run as a busy neighbour would have made it."""
    shutil.copytree(RECORDED / recorded, folder / name)
    record = folder / name / "run.json"
    told = json.loads(record.read_text()) | {"run_id": name}
    for call in told["uncached"]["records"]:
        call["seconds"] *= TIMES
    told["uncached_timings"]["denoising"] *= TIMES
    record.write_text(json.dumps(told))


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A folder with the first recorded run, slowed, and with one that reused nothing."""
    folder = tmp_path_factory.mktemp("runs")
    slow(folder, "1-faithful", MINE)
    slow(folder, "6-few-steps", IDLE)
    return folder


@pytest.fixture(scope="module")
def server(runs):
    """A server of its own, that has the disturbed run."""
    port = free_port()
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    command = ["app.py", "--host", HOST, "--port", str(port), "--no-browser", "--runs-dir", str(runs)]
    with served([*command, "--default-model", "shapes"], port, ARTIFACTS / "disturbed.log") as address:
        yield address


@pytest.mark.parametrize(
    "language, mark, word",
    first_of(("de", "≈2,2", "geschätzt"), ("en", "≈2.2", "estimate"), ("zh", "≈2.2", "估计值")),
)
def test_the_tile_the_line_and_the_history_are_marked(open_page, runs, shot, language, mark, word):
    page = open_page()
    open_app(page, f"/?lang={language}&run={MINE}")
    page.wait_for_function("id => teacache.now.run.run === id", arg=MINE)
    expect(page.locator("[data-fig=measured] b")).to_contain_text(mark)
    expect(page.locator("[data-fig=measured] small")).to_contain_text(word)
    assert page.evaluate(CUT) == []
    assert page.evaluate(GROWN) == 0
    assert page.evaluate(BESIDE) >= 0
    expect(page.locator("#tc-threshold .max_value")).to_have_text("0,8" if language == "de" else "0.8")
    shot(f"disturbed-{language}", page)
    clock = Library(runs).load(MINE).measured_speedup
    shown = page.evaluate("document.body.innerText.replaceAll(',', '.')")
    assert clock > 20 and f"{clock:.1f}"[:-1] + "×" not in shown and f"{clock:.2f}" not in shown


WHOLE = "e => e.scrollWidth <= e.clientWidth && e.scrollHeight <= e.clientHeight"
COLOUR = "part => getComputedStyle(document.querySelector(part)).color"


@pytest.mark.parametrize("level", ["simple", "lab"])
def test_a_slowed_run_is_told_in_a_calm_sentence_and_no_two_figures_contradict_each_other(
    open_page, shot, level
):
    page = open_page(viewport={"width": 1280, "height": 720})
    open_app(page, f"/?lang=en&run={MINE}&level={level}")
    line = page.locator(".tc-line")
    expect(line).to_have_text(
        "Something slowed the machine during this run: ≈2.24× is estimated from its usual steps. "
        "Run again on a quiet machine to measure it."
    )
    assert line.evaluate(
        "line => line.scrollWidth <= line.clientWidth && line.scrollHeight <= line.clientHeight"
    )
    calm = [page.evaluate(COLOUR, f"[data-fig={name}] b") for name in ("measured", "psnr")]
    assert calm[0] == calm[1]
    assert page.evaluate(COLOUR, "[data-fig=measured] small") == page.evaluate(COLOUR, "[data-fig=psnr] span")
    captions = page.locator(".tc-stage figcaption")
    expect(captions.nth(0)).to_have_text(re.compile(r"uncached [\d.]+ s, slowed$"))
    expect(captions.nth(1)).to_have_text(re.compile(r"TeaCache [\d.]+ s$"))  # that one nothing slowed
    shot(f"disturbed-{level}", page)


@pytest.mark.parametrize("language, need", first_of(("de", "Schwelle dorthin"), ("en", "Drag the threshold")))
def test_a_slowed_run_that_reused_nothing_says_first_and_uncut_where_reuse_begins(open_page, language, need):
    page = open_page(viewport={"width": 1280, "height": 720})
    open_app(page, f"/?lang={language}&run={IDLE}&level=lab")
    page.wait_for_function("id => teacache.now.table?.run === id", arg=IDLE)
    expect(page.locator("[data-fig=measured] b")).to_contain_text("≈")  # it was slowed
    line = page.locator(".tc-line")
    expect(line).to_contain_text(need)
    assert line.evaluate(WHOLE)


# By how many pixels the mark lies over its figure, whichever way is shorter.
OVER = """() => {
  const figure = new Range();
  figure.selectNodeContents(document.querySelector('[data-fig=measured] b'));
  const [text, mark] = [figure, document.querySelector('[data-fig=measured] small')].map((part) =>
    part.getBoundingClientRect());
  return Math.max(0, Math.min(text.right - mark.left, text.bottom - mark.top));
}"""


@pytest.mark.parametrize("width", [900, 1210, 1280, 1360])
def test_beside_the_left_column_the_mark_lies_over_nothing(open_page, width):
    page = open_page(viewport={"width": width, "height": 720})
    open_app(page, f"/?lang=de&run={MINE}")
    expect(page.locator("[data-fig=measured] small")).not_to_have_text("")
    assert page.evaluate(CUT) == []
    assert page.evaluate(GROWN) == 0
    assert page.evaluate(ASTRAY) == 0
    assert page.evaluate(OVER) == 0


@pytest.mark.parametrize("language", ["en", "de", "zh"])
def test_in_simple_the_mark_and_the_name_of_its_figure_are_both_read(open_page, language):
    page = open_page(viewport={"width": 821, "height": 720})
    open_app(page, f"/?lang={language}&run={MINE}&level=simple")
    expect(page.locator("[data-fig=measured] small")).not_to_have_text("")
    for width in (821, 1024, 1201, 1365):
        page.set_viewport_size({"width": width, "height": 720})
        expect(page.locator("[data-fig=measured] span")).to_be_visible()
        assert page.evaluate(CUT) == [], width
        assert page.evaluate(GROWN) == 0, width
        assert page.evaluate(ASTRAY) == 0, width
        assert page.evaluate(OVER) == 0, width


@pytest.mark.parametrize("language", first_of("en", "de", "zh"))
def test_on_a_phone_the_mark_stays_in_its_card(open_page, language):
    page = open_page(viewport={"width": 390, "height": 844})
    open_app(page, f"/?lang={language}&run={MINE}")
    expect(page.locator("[data-fig=measured] small")).not_to_have_text("")
    assert page.evaluate(CUT) == []
    assert page.evaluate(GROWN) == 0
    assert page.evaluate(ASTRAY) == 0


@pytest.mark.parametrize("language", ["en", "de", "zh"])
def test_on_a_phone_the_seconds_that_were_slowed_say_so_above_their_own_clip(open_page, language):
    page = open_page(viewport={"width": 390, "height": 844})
    open_app(page, f"/?lang={language}&run={MINE}&level=simple")
    page.wait_for_selector(".tc-stage.filled")
    captions = page.locator(".tc-stage figcaption")
    assert captions.evaluate_all(f"captions => captions.every({WHOLE})")
    left, right = (captions.nth(i).bounding_box() for i in (0, 1))
    assert left["x"] + left["width"] <= right["x"]


def test_its_dot_in_the_history_is_hollow_and_lies_where_the_calls_say(open_page):
    page = open_page()
    page.add_init_script(f"localStorage.setItem('teacache-runs', JSON.stringify(['{MINE}']))")
    open_app(page, f"/?run={MINE}")
    dot = page.locator(f".tc-dot.disturbed[data-run='{MINE}']")
    expect(dot).to_have_attribute("data-tip", re.compile("≈2.2.*estimate"))
    assert page.locator(".tc-dot.disturbed").count() == 1
    row = page.locator(f".tc-history tr[data-run='{MINE}']")
    expect(row).to_contain_text("≈2.2")
