"""What the browser tests do again and again, in words. They wait for states, never for so long."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import expect

SLOW = 90_000  # ms; the machine may be busy with something else

# Two frames, so that what is to move has begun, and then the end of every motion that has one, scrolling too.
STILL = """async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  await frame();
  await frame();
  const ends = (motion) => motion.effect && motion.effect.getComputedTiming().endTime !== Infinity;
  const moves = (motion) => ends(motion) && motion.playState === 'running';
  const moving = () => document.getAnimations().filter(moves).map((motion) => motion.finished);
  for (let left = moving(); left.length; left = moving()) await Promise.allSettled(left);
  for (let top = -1; top !== scrollY; await frame(), await frame()) top = scrollY;
}"""
# An observer is told of every change of the page, however soon the next one follows.
LOOK_OUT = """condition => {
  const holds = new Function('return ' + condition);
  const seen = { seen: false };
  const look = () => holds() && ((seen.seen = true), observer.disconnect());
  const observer = new MutationObserver(look);
  observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  (window.lookouts = window.lookouts || []).push(seen);
  return window.lookouts.length - 1;
}"""


def open_app(page, path: str = "/") -> None:
    """Open the page; its own parts, and all that the address asks for, are there afterwards."""
    page.set_default_timeout(SLOW)
    page.goto(path, timeout=SLOW)
    page.wait_for_selector(".tc-figures", state="attached")  # an audience does not see them
    page.wait_for_selector(".tc-cell.computed", state="attached")
    page.wait_for_function("Boolean(window.teacache) && !teacache.isRestoring()")  # of tools/handle.js


def at_rest(page) -> None:
    """Wait until Plotly has drawn, the videos are there and nothing moves."""
    page.wait_for_selector(".tc-plot .scatterlayer path", state="attached")
    page.wait_for_selector(".tc-plot:not(.moving)")
    page.wait_for_selector(".tc-stage.filled")
    still(page)


def still(page) -> None:
    """Wait until colours and places have stopped changing."""
    page.evaluate(STILL)


@contextmanager
def comes_by(page, condition: str) -> Iterator[None]:
    """What is done inside makes `condition`, an expression, hold at some moment, however short."""
    place = page.evaluate(LOOK_OUT, condition)
    yield
    page.wait_for_function("place => window.lookouts[place].seen", arg=place)


def program(address: str):
    """A client of the API; as patient as a page is here."""
    from gradio_client import Client

    return Client(address, verbose=False, httpx_kwargs={"timeout": SLOW / 1000})


def model_ready(page) -> None:
    """Wait for the chip."""
    page.wait_for_selector(".tc-chip.ready")


def fill(page, **values) -> None:
    """Fill boxes: prompt, seed, steps, guidance."""
    for name, value in values.items():
        box = page.locator(f"#tc-{name} textarea, #tc-{name} input").first
        box.fill(str(value))
        box.blur()


def run(page) -> None:
    """Press Run and wait until the page has said so."""
    with comes_by(page, "document.body.classList.contains('tc-running')"):
        page.click("#tc-run")


def refused(page, sentence: str) -> None:
    """A note says it at once; when it is gone, which takes its time, the line under the figures does."""
    note = page.locator(".tc-toast")
    expect(note).to_contain_text(sentence)
    note.locator("button").click()
    expect(page.locator(".tc-line.failed")).to_contain_text(sentence)


def wait_for_state(page, beginning: str) -> None:
    """Wait until the state begins with a word."""
    page.wait_for_function(
        "word => document.querySelector('.tc-state').textContent.startsWith(word)", arg=beginning
    )


def move_slider(page, threshold: float) -> None:
    """Move the threshold by its own slider, as a hand would, and wait until the page has followed."""
    reached = page.locator("#tc-threshold input[type=range]:not(.tc-scale)").evaluate(
        """(range, value) => {
          const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
          set.call(range, value);
          range.dispatchEvent(new Event('input', { bubbles: true }));
          return Number(range.value);
        }""",
        str(threshold),
    )
    page.wait_for_function("reached => teacache.now.threshold === reached", arg=reached)


def on_the_wire(page) -> tuple[dict[str, str], dict[str, float]]:
    """The address and the bytes of each answer that comes to a page from now on, by the request's name."""
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    addresses, sizes = {}, {}
    wire.on(
        "Network.responseReceived",
        lambda event: addresses.__setitem__(event["requestId"], event["response"]["url"]),
    )
    wire.on(
        "Network.loadingFinished",
        lambda event: sizes.__setitem__(event["requestId"], event["encodedDataLength"]),
    )
    return addresses, sizes
