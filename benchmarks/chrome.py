"""A browser for the page's benchmarks. Measures nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tools import chromium

FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")


@contextmanager
def browser() -> Iterator[Any]:
    """A running Chromium (playwright)."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=chromium.find(), args=list(FLAGS))
        try:
            yield chrome
        finally:
            chrome.close()


def new_page(browser: Any) -> Any:
    """A page that can be looked into: `window.teacache`, see tools/handle.js."""
    context = browser.new_context()
    context.add_init_script(path=chromium.HANDLE)
    return context.new_page()
