"""What the browser tests do again and again, in words."""

from __future__ import annotations

SLOW = 90_000  # ms; the machine may be busy with something else


def open_app(page, path: str = "/") -> None:
    """Open the page; its own parts are there afterwards."""
    page.set_default_timeout(SLOW)
    page.goto(path, timeout=SLOW)
    page.wait_for_selector(".tc-figures")
    page.wait_for_selector(".tc-cell.computed", state="attached")


def at_rest(page) -> None:
    """Wait until Plotly has drawn and the videos are there."""
    page.wait_for_selector(".tc-plot .bars path, .tc-plot .scatterlayer path", state="attached")
    page.wait_for_selector(".tc-stage.filled")
    page.wait_for_timeout(300)


def model_ready(page) -> None:
    """Wait for the chip."""
    page.wait_for_selector(".tc-chip.ready")


def state(page) -> str:
    """The word in the last figure."""
    return page.inner_text(".tc-state")


def fill(page, **values) -> None:
    """Fill boxes: prompt, seed, steps, guidance."""
    for name, value in values.items():
        box = page.locator(f"#tc-{name} textarea, #tc-{name} input").first
        box.fill(str(value))
        box.blur()


def run(page) -> None:
    """Press Run and wait until the page says so."""
    page.click("#tc-run")
    page.wait_for_selector("body.tc-running")


def wait_for_state(page, beginning: str) -> None:
    """Wait until the state begins with a word."""
    page.wait_for_function(
        "word => document.querySelector('.tc-state').textContent.startsWith(word)", arg=beginning
    )


def move_slider(page, threshold: float) -> None:
    """Move the threshold by its own slider, as a hand would."""
    page.locator("#tc-threshold input[type=range]").evaluate(
        """(range, value) => {
          const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
          set.call(range, value);
          range.dispatchEvent(new Event('input', { bubbles: true }));
        }""",
        str(threshold),
    )
