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
