"""The page speaks one language in every part, whatever the browser's own is."""

from __future__ import annotations

import pytest

from tests.browser.steps import open_app
from ui.words.texts import LANGUAGES, texts

SEEN = """() => {
  const found = new Set();
  const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (nodes.nextNode()) {
    const { parentElement: at, textContent } = nodes.currentNode;
    if (!at.closest('script, style, .tc-lang')) found.add(textContent.trim());
  }
  return [...found];
}"""


@pytest.mark.parametrize(
    "browser_s, asked, spoken",
    [("en-US", "zh", "zh"), ("zh-TW", "", "zh"), ("zh-CN", "de", "de"), ("fr-FR", "", "en")],
)
def test_nothing_on_the_page_is_in_another_language(open_page, browser_s, asked, spoken):
    page = open_page(locale=browser_s)
    open_app(page, "/?level=lab" + (f"&lang={asked}" if asked else ""))
    page.wait_for_selector("#tc-recorded button")
    page.locator("#tc-run", has_text=texts(spoken)["run"]).wait_for()
    own = set(texts(spoken).values())
    others = {text for tongue in LANGUAGES for text in texts(tongue).values() if not text.isdigit()} - own
    assert others.intersection(page.evaluate(SEEN)) == set()
    assert page.evaluate("document.documentElement.lang") == spoken


# Values as long as they get, where a sentence of the line has them.
LONG = {
    "t": "0.01346",
    "now": "0.0135",
    "x": "≈12.24×",
    "a": "12.4",
    "b": "10.2",
    "end": "0.8",
    "first": "40",
}
LONG |= {"i": "100", "m": "100", "all": "100", "n": "100", "reused": "100", "same": "100", "runs": "12"}
LONG |= {"device": "CPU", "model": "Shapes", "last": "20", "signal": "", "why": ""}
ENDS = ("line_confirmed", "line_tally")  # what stands behind another sentence
# Of sentences in the place of the line those that are cut.
CUT = """(sentences) => {
  const line = document.querySelector('.tc-line');
  return sentences.filter((sentence) => {
    const other = line.cloneNode();
    other.textContent = sentence;
    line.replaceWith(other);
    const cut = other.scrollWidth > other.clientWidth;
    other.replaceWith(line);
    return cut;
  });
}"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_of_the_line_is_cut_on_a_desk(open_page, language):
    page = open_page(viewport={"width": 1280, "height": 720})
    open_app(page, f"/?level=lab&lang={language}")
    page.wait_for_selector(".tc-stage.filled")
    words = texts(language)
    values = LONG | {"exactness": words["approximate"]}
    said = {key: text for key, text in words.items() if key.startswith(("line_", "never_"))}
    told = [said[key].format_map(values) for key in said if key not in ENDS and key != "never_short"]
    end = " ".join(said[key].format_map(values) for key in ENDS)
    told += [said[key].format_map(values) + " " + end for key in ("line_done", "line_done_kept")]
    assert page.evaluate(CUT, told) == []
