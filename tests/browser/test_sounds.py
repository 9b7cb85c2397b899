"""A model of sound in Chromium: two players on one clock, one of them heard, and what is taken away."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.steps import at_rest
from tests.browser.test_own_models import _started, finish, saved, visit, visiting  # noqa: F401

# Notes every start of a source and every change of what is heard; the sounds themselves run as ever.
LISTEN = """() => {
  window.starts = [];
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (when, offset) {
    window.starts.push({ when, offset, seconds: this.buffer.duration, state: this.context.state });
    return start.call(this, when, offset);
  };
  window.gains = [];
  const connect = GainNode.prototype.connect;
  GainNode.prototype.connect = function (...where) {
    window.gains.push(this.gain);
    return connect.apply(this, where);
  };
}"""


@pytest.fixture(scope="module")
def sounds(tmp_path_factory):
    """The address of the app with a folder whose model makes sounds."""
    with _started("sounds", tmp_path_factory.mktemp("app")) as address:
        yield address


@pytest.fixture(scope="module")
def finished(browser, sounds):
    """The page after its run, for tests that only look."""
    with visiting(browser) as opened:
        page = opened(sounds)
        finish(page)
        at_rest(page)
        yield page


@pytest.fixture
def page(visit, sounds, finished):  # noqa: F811
    """A page of that run on which nothing was played yet."""
    page = visit(sounds, f"/?run={finished.evaluate('teacache.now.run.run')}")
    page.evaluate(LISTEN)
    at_rest(page)
    return page


def play(page):
    return page.locator(".tc-transport").get_by_label("Play or pause")


def loud(page) -> list[float]:
    return page.evaluate("() => window.gains.map((gain) => Math.round(gain.value))")


@pytest.mark.slow
def test_both_sounds_start_on_one_clock_and_one_is_heard(page, shot):
    expect(page.locator(".tc-listen")).to_be_visible()
    assert page.evaluate("() => window.starts.length") == 0  # it never sounds by itself
    play(page).click()
    page.wait_for_function("() => window.starts.length === 2")
    one, other = page.evaluate("() => window.starts")
    assert one == other and one["state"] == "running" and one["seconds"] == pytest.approx(0.512, abs=1e-3)
    assert loud(page) == [1, 0]
    page.wait_for_function("() => !document.querySelector('.tc-count').textContent.startsWith('0.0')")
    shot("sounds", page)
    expect(page.locator(".tc-count")).to_have_text("0.0 / 0.5 s")  # at its end it goes back to the start


def test_the_other_ear_keeps_the_place(page):
    play(page).click()
    page.wait_for_function("() => window.starts.length === 2")
    page.keyboard.press("x")
    page.wait_for_function("() => window.gains.map((gain) => Math.round(gain.value)).join() === '0,1'")
    assert page.evaluate("() => window.starts.length") == 2  # nothing was started anew
    pressed = page.locator(".tc-listen [aria-pressed=true]")
    expect(pressed).to_have_text("TeaCache")
    expect(page.locator(".tc-lane-b figcaption")).to_have_class("heard")
    page.locator(".tc-listen").get_by_text("uncached").click()
    expect(pressed).to_have_text("uncached")


def test_a_place_is_chosen_by_key_by_scrub_and_on_the_picture(page):
    count = page.locator(".tc-count")
    page.locator(".tc-transport").get_by_label("Half a second on").click()
    expect(count).to_have_text("0.5 / 0.5 s")
    page.keyboard.press(",")
    expect(count).to_have_text("0.0 / 0.5 s")
    canvas = page.locator(".tc-lane-b canvas")
    box = canvas.bounding_box()
    canvas.click(position={"x": box["width"] * 0.5, "y": box["height"] * 0.5})
    expect(count).to_have_text("0.3 / 0.5 s")
    expect(page.locator(".tc-listen [aria-pressed=true]")).to_have_text("TeaCache")
    play(page).click()
    page.wait_for_function("() => window.starts.length === 2")
    assert [start["offset"] for start in page.evaluate("() => window.starts")] == pytest.approx(
        [0.256] * 2, abs=0.01
    )


def test_the_axes_lie_on_the_pictures_in_every_way_to_compare(finished):
    for mode, lanes in (("side", 2), ("wipe", 1), ("diff", 1), ("blink", 1)):
        finished.locator(f".tc-player button[data-mode={mode}]").click()
        axes = finished.locator(".tc-axes:visible")
        expect(axes).to_have_count(lanes)
        for i in range(lanes):
            inside, around = (
                axes.nth(i).bounding_box(),
                finished.locator(".tc-stage canvas:visible").nth(i).bounding_box(),
            )
            assert around["x"] - 1 <= inside["x"] and inside["width"] <= around["width"] + 1
        expect(axes.first).to_contain_text("1 kHz")


def test_the_figures_say_what_they_are(finished):
    tiles = finished.locator(".tc-figures .tc-fig")
    expect(tiles.nth(3)).to_contain_text("SNR")
    expect(tiles.nth(4)).to_contain_text("LSD")
    expect(tiles.nth(4)).to_contain_text("MR-STFT")
    expect(finished.locator(".tc-rivals thead")).to_contain_text("SNR")
    expect(finished.locator(".tc-figures")).not_to_contain_text("PSNR")


def test_the_sounds_and_a_report_that_plays_offline_can_be_taken_away(finished, browser, tmp_path):
    assert saved(finished, "TeaCache")[:4] == b"RIFF"
    place = tmp_path / "report.html"
    place.write_bytes(saved(finished, "one HTML file"))
    context = browser.new_context(offline=True)
    told = []
    context.on("console", lambda message: told.append(message.text))
    report = context.new_page()
    report.goto(place.as_uri())
    report.evaluate(LISTEN)
    expect(report.locator(".tc-axes").first).to_contain_text("1 kHz")
    play(report).click()
    report.wait_for_function("() => window.starts.length === 2")
    one, other = report.evaluate("() => window.starts")
    assert one == other and not told
    context.close()
