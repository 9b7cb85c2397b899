"""The real server and a real browser.

A page made here reports what a visitor's browser would complain about: console errors, uncaught
exceptions, and requests that leave the server. Any of them fails the test that caused it.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser.steps import SLOW
from tools import chromium
from tools.serving import HOST, free_port, served

ROOT = Path(__file__).resolve().parents[2]
ARTIFACTS = Path(os.environ.get("TEACACHE_ARTIFACTS", ROOT / "artifacts"))
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def server():
    """The address of `python app.py`, started once a process; its output is kept in artifacts/server*.log."""
    port = free_port()
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    log = ARTIFACTS / f"server{os.environ.get('PYTEST_XDIST_WORKER', '')}.log"
    command = ["app.py", "--host", HOST, "--port", str(port), "--no-browser"]
    with served(command, port, log) as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    """Chromium. Without one a test is skipped, except under CI, where it fails."""
    path = chromium.find()
    if path is None:
        if os.environ.get("CI", "").lower() not in ("", "0", "false"):
            pytest.fail(chromium.HOW_TO_INSTALL, pytrace=False)
        pytest.skip(chromium.HOW_TO_INSTALL)
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=SLOW)
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=path, args=FLAGS, timeout=2 * SLOW)
        yield chrome
        chrome.close()


def watch(context, server: str) -> list[str]:
    """A list that fills with whatever goes wrong in the pages of this context."""
    troubles = []

    def on_request(request):
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.netloc != urlsplit(server).netloc:
            troubles.append(f"request to elsewhere: {request.url}")

    def on_console(message):
        if message.type == "error":
            troubles.append(f"console error: {message.text} ({message.location.get('url', '')})")

    context.on("request", on_request)
    context.on("console", on_console)
    context.on("weberror", lambda event: troubles.append(f"uncaught: {event.error}"))
    return troubles


@pytest.fixture
def open_page(browser, server):
    """Make pages with options of playwright's new_context: open_page(color_scheme="dark")."""
    contexts = []

    def open_one(**options):
        context = browser.new_context(
            base_url=server, **{"viewport": {"width": 1366, "height": 768}, **options}
        )
        context.add_init_script(path=chromium.HANDLE)
        context.set_default_timeout(SLOW)
        contexts.append((context, watch(context, server)))
        return context.new_page()

    yield open_one
    for context, _ in contexts:
        context.close()
    troubles = [trouble for _, found in contexts for trouble in found]
    assert not troubles, "\n".join(["the page had troubles:", *troubles])


@pytest.fixture
def page(open_page):
    """A page of 1366x768 that is still empty: page.goto("/")."""
    return open_page()


@pytest.fixture
def shot(request):
    """Keep a picture of the page as artifacts/screens/NAME.png: shot("explore")."""

    def take(name: str, page=None, **options) -> Path:
        path = ARTIFACTS / "screens" / f"{name}.png"
        (page or request.getfixturevalue("page")).screenshot(path=path, **options)
        return path

    return take
