"""While the page comes, what is there already stays where it is."""

from __future__ import annotations

import pytest

from tests.browser.steps import at_rest, open_app, still
from tests.representative import first_of
from ui.words.texts import LANGUAGES, texts

# From the very beginning: every shift that no hand has caused, and what moved.
WATCH = """
window.shifts = [];
const told = ({ node }) => node && (node.id || node.className || node.nodeName);
const moved = (entry) => (entry.sources || []).map(told);
const note = (entry) => window.shifts.push([entry.value, Math.round(entry.startTime), moved(entry)]);
new PerformanceObserver((list) => list.getEntries().filter((entry) => !entry.hadRecentInput).forEach(note))
  .observe({ type: 'layout-shift', buffered: true });
"""
# Parts draw themselves as the browser gets to them. Here they wait for one another, and come one a frame.
ONE_A_FRAME = """
const held = [];
let timer = 0;
const release = () => {
  const detail = held.NEXT();
  if (!detail) return;
  document.dispatchEvent(new CustomEvent('teacache-call', { detail: { ...detail, released: true } }));
  requestAnimationFrame(release);
};
document.addEventListener('teacache-call', (event) => {
  if (event.detail.name !== 'mount' || event.detail.released) return;
  event.stopImmediatePropagation();
  held.push(event.detail);
  clearTimeout(timer);
  timer = setTimeout(release, 500);
}, true);
"""
MOST = 0.1  # beyond it a page is felt to jump


@pytest.mark.parametrize(
    "width, height, language, path",
    [
        *first_of((1366, 768, "en-US", "/"), (390, 844, "de-DE", "/")),
        # a link has no poster to build the page behind
        *first_of((390, 844, "en-US", "/?run=2-gentle"), (1366, 768, "de-DE", "/?run=2-gentle")),
    ],
)
def test_nothing_jumps_while_the_page_comes(open_page, width, height, language, path):
    page = open_page(cold=True, viewport={"width": width, "height": height}, locale=language)
    page.add_init_script(WATCH)
    open_app(page, path)
    at_rest(page)
    shifts = page.evaluate("window.shifts")
    assert sum(value for value, *_ in shifts) < MOST, shifts


@pytest.mark.parametrize("next_part", ["shift", "pop"], ids=["first to last", "last to first"])
@pytest.mark.parametrize("level", ["lab", "simple"])
def test_nothing_jumps_in_whatever_order_parts_come(open_page, level, next_part):
    page = open_page(cold=True, viewport={"width": 390, "height": 844}, locale="en-US")
    page.add_init_script(WATCH)
    page.add_init_script(ONE_A_FRAME.replace("NEXT", next_part))
    open_app(page, f"/?run=2-gentle&level={level}")
    page.wait_for_selector(".tc-stage.filled")
    still(page)
    shifts = page.evaluate("window.shifts")
    assert sum(value for value, *_ in shifts) < MOST, shifts


# How high the head is with each of the words that the chip may say; the last says where it computes.
HEIGHTS = """words => {
  const [chip, head] = ['.tc-chip', '#tc-head'].map((name) => document.querySelector(name));
  const said = chip.firstElementChild;
  const before = [said.textContent, chip.dataset.longest];
  chip.dataset.longest = words.at(-1);
  const heights = words.map((word) => ((said.textContent = word), head.offsetHeight));
  [said.textContent, chip.dataset.longest] = before;
  return heights;
}"""
OUTSIDE = """() => [...document.querySelectorAll('.tc-head *')]
  .filter((e) => e.getBoundingClientRect().right > innerWidth).map((e) => e.className)"""


WIDTHS = (*range(320, 1300, 20), 821, 861, 901)  # and just beyond where the style sheet has another layout
SIMPLE = first_of(*(("simple", language) for language in LANGUAGES))


@pytest.mark.parametrize("level, language", [*(("lab", language) for language in LANGUAGES), *SIMPLE])
def test_what_is_said_of_the_model_moves_nothing_in_a_window_of_any_size(open_page, level, language):
    words = texts(language)
    states = [words[f"model_{state}"] for state in ("idle", "loading", "failed", "ready")]
    page = open_page()
    open_app(page, f"/?level={level}&lang={language}")
    for height in (900, 400):
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": height})
            for device in ("CPU", "ZeroGPU"):
                said = [state.replace("{device}", device) for state in states]
                assert len(set(page.evaluate(HEIGHTS, said))) == 1, (width, height, device)
            assert page.evaluate(OUTSIDE) == [], (width, height)
