"""What a move of the slider costs, counted: seconds tell of the machine, and `benchmarks` has them."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.steps import at_rest, fill, model_ready, open_app, run, still, wait_for_state

TIMES = 180
# Redraws at as many schedules, back to back: the elements that one makes, the number formats that all make.
REDRAWS = """(count) => {
  const watch = new MutationObserver(() => {});
  watch.observe(document.body, { childList: true, subtree: true });
  const [Format, old] = [Intl.NumberFormat, Number.prototype.toLocaleString];
  let [formats, elements] = [0, 0];
  Number.prototype.toLocaleString = function (...how) { formats += 1; return old.apply(this, how); };
  Intl.NumberFormat = function (...how) { formats += 1; return new Format(...how); };
  for (let i = 0; i < count; i++) {
    teacache.now.threshold = teacache.now.table.rows[5 + ((i * 37) % 120)][4];
    teacache.emit('view', teacache.view());
    const made = watch.takeRecords().flatMap((record) => [...record.addedNodes]);
    for (const node of made) elements += node.tagName ? 1 + node.querySelectorAll('*').length : 0;
  }
  Intl.NumberFormat = Format;
  Number.prototype.toLocaleString = old;
  watch.disconnect();
  return { formats, elements: elements / count };
}"""

COUNT_FRAMES = """() => {
  const frame = requestAnimationFrame.bind(window);
  window.frames_asked = window.foreign_frames = 0;
  window.requestAnimationFrame = (f) => {
    window.frames_asked += 1;
    if (!new Error().stack.includes('/teacache/')) window.foreign_frames += 1;
    return frame(f);
  };
}"""
WATCH = """() => {
  window.changes = 0;
  const watch = new MutationObserver((records) => (window.changes += records.length));
  watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
}"""


def pause(page) -> None:
    """Stop the clip, which plays on its own a little after it is there."""
    button = page.get_by_label("Play or pause")
    expect(button).to_have_attribute("data-icon", "pause")
    button.click()
    expect(button).to_have_attribute("data-icon", "play")


def test_a_page_draws_nothing_anew_once_a_run_has_ended(page):
    page.add_init_script(f"({COUNT_FRAMES})()")
    open_app(page)
    model_ready(page)
    fill(page, steps=4, seed=21)
    run(page)
    wait_for_state(page, "done")
    page.wait_for_function("!teacache.busy()")
    page.wait_for_selector(".tc-plot:not(.moving)")
    pause(page)
    still(page)
    page.evaluate(f"window.frames_asked = 0; ({WATCH})()")
    page.wait_for_timeout(2000)
    assert page.evaluate("window.frames_asked") < 30  # a loop would ask a hundred times and more
    assert page.evaluate("window.changes") < 10  # no element, attribute or text: a counter would change sixty


def frames_of_a_second(page, which: str = "frames_asked") -> int:
    page.evaluate(f"window.{which} = 0")
    page.wait_for_timeout(1000)
    return page.evaluate(f"window.{which}")


@pytest.mark.parametrize("level", ["simple", "lab"])
def test_a_page_comes_to_rest_and_asks_for_no_frames(open_page, level):
    page = open_page(level=level)
    page.add_init_script(f"({COUNT_FRAMES})()")
    open_app(page)
    model_ready(page)
    pause(page)
    assert any(frames_of_a_second(page) < 10 for _ in range(15))


def test_gradio_by_itself_still_counts_for_good(page):
    """Should this fail, Gradio has mended it, and gradio_glue/loader.js can go."""
    page.add_init_script("window.cancelAnimationFrame = () => {};")
    page.add_init_script(f"({COUNT_FRAMES})()")
    open_app(page)
    at_rest(page)
    page.wait_for_timeout(8000)  # until the sign itself has come to rest
    assert frames_of_a_second(page, "foreign_frames") > 30


PLAYED = """() => new Promise((resolve) => {
  let [frames, before] = [0, ''];
  const watch = new MutationObserver(() => {});
  watch.observe(document, { subtree: true, childList: true });
  const look = () => {
    const now = document.querySelector('.tc-count').textContent;
    if (now !== before) frames += 1;
    before = now;
  };
  const timer = setInterval(look, 20);
  setTimeout(() => {
    clearInterval(timer);
    const moved = watch.takeRecords().map(({ target }) => target.className || target.nodeName);
    resolve({ frames, moved });
  }, 2000);
})"""


@pytest.mark.parametrize("level", ["simple", "lab"])
def test_a_clip_that_plays_takes_nothing_out_of_the_page_and_puts_nothing_in(open_page, level):
    """Where a text is put in anew a browser matches all rules about children again, at every frame."""
    page = open_page(level=level)
    open_app(page)
    model_ready(page)
    expect(page.get_by_label("Play or pause")).to_have_attribute("data-icon", "pause")
    if level == "lab":
        page.wait_for_selector(".tc-plot .scatterlayer path", state="attached")
    page.wait_for_timeout(1000)
    told = page.evaluate(PLAYED)
    assert told["frames"] > 5
    assert told["moved"] == []


def test_a_redraw_forces_no_layout_and_makes_little_anew(page):
    open_app(page)
    page.wait_for_function("Boolean(teacache.now.table && teacache.facts())")
    page.evaluate("document.querySelectorAll('video').forEach((video) => video.pause())")
    page.evaluate(REDRAWS, TIMES)  # whatever is made once
    browser = page.context.new_cdp_session(page)
    browser.send("Performance.enable")

    def layouts() -> int:
        told = browser.send("Performance.getMetrics")["metrics"]
        return next(one["value"] for one in told if one["name"] == "LayoutCount")

    before = layouts()
    cost = page.evaluate(REDRAWS, TIMES)
    assert layouts() - before < TIMES / 2  # forced ones come each time; frames have a few
    assert cost["formats"] == 0
    assert cost["elements"] < 150  # the sketch has some 80


def test_plotly_waits_until_the_hand_has_let_go(page):
    open_app(page)
    page.wait_for_selector(".tc-plot .scatterlayer path", state="attached")
    page.evaluate(
        """() => { window.plotted = []; const react = Plotly.react;
        Plotly.react = (...given) => (window.plotted.push(window.held), react(...given)); }"""
    )
    page.evaluate(
        "for (const [name, held] of [['pointerdown', true], ['pointerup', false]])"
        " addEventListener(name, () => (window.held = held), true)"
    )
    box = page.locator(".tc-scale").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.1, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] / 2, steps=5)
    page.wait_for_selector(".tc-plot.moving .tc-sketch")
    page.mouse.up()
    page.wait_for_selector(".tc-plot:not(.moving)")
    plotted = page.evaluate("window.plotted")  # before the hand came, once more perhaps
    assert False in plotted and True not in plotted
