"""The real server and a real browser.

A page made here reports what a visitor's browser would complain about: console errors, uncaught
exceptions, and requests that leave the server. Any of them fails the test that caused it.
"""

import os
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browser.parted import add_parted
from tests.browser.steps import SLOW, open_app
from tests.browser.visitors import Visitor
from tools import chromium
from tools.serving import HOST, free_port, served

ROOT = Path(__file__).resolve().parents[2]
ARTIFACTS = Path(os.environ.get("TEACACHE_ARTIFACTS", ROOT / "artifacts"))
# A window of the browser draws popups for its address bar, which nobody sees, at a second of a core each. A
# second list of features replaces playwright's own, which is why what matters of that stands here too.
UNUSED = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "MediaRouter",
    "OptimizationHints",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
)
FLAGS = [
    f"--disable-features={','.join(UNUSED)}",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The address of `python app.py`, started once a process; its output is kept in artifacts/server*.log.

    It opens with Shapes, whose runs take a second; how the page opens by itself is a test of its own.
    """
    runs = tmp_path_factory.mktemp("runs")
    add_parted(runs)
    with serving("server", "--default-model", "shapes", "--runs-dir", str(runs)) as address:
        yield address


@pytest.fixture(scope="session")
def bare():
    """The address of `python app.py` as it comes."""
    with serving("bare") as address:
        yield address


@contextmanager
def serving(name: str, *options: str):
    port = free_port()
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    log = ARTIFACTS / f"{name}{os.environ.get('PYTEST_XDIST_WORKER', '')}.log"
    command = ["app.py", "--host", HOST, "--port", str(port), "--no-browser", *options]
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


PER_PAGE = ("viewport", "color_scheme", "reduced_motion")  # what a page may be told after it was made
PAGES_KEPT = 5  # some 150 MB each
# What handle.js keeps for all other tests; an empty page has no storage.
FORGET = "location.origin === 'null' || localStorage.removeItem('teacache-level')"


@pytest.fixture(scope="session")
def visitors(browser):
    """Visitors by server, number and options, who come again: half of what a first visit costs is saved."""
    comers: dict[tuple, Visitor] = {}  # who came last is the last

    def visitor(server: str, number: int, *, level: str, **options) -> Visitor:
        key = (server, number, level, repr(sorted(options.items())))
        if key not in comers:
            context = browser.new_context(base_url=server, **options)
            context.add_init_script(path=chromium.HANDLE)
            if level == "simple":
                context.add_init_script(FORGET)
            context.set_default_timeout(SLOW)
            comers[key] = Visitor(context, server)
        comers[key] = comers.pop(key)
        for one in list(comers.values())[:-PAGES_KEPT]:
            one.drop()
        return comers[key]

    yield visitor
    for one in comers.values():
        one.context.close()


@pytest.fixture
def open_page(visitors, server):
    """Make pages with options of playwright's new_context: open_page(color_scheme="dark").

    Each is another visitor's: two of one test share nothing, and the next test finds nothing but what was
    fetched. With `cold=True` not even that. In Lab, unless the address or `level` says otherwise.
    """
    used = []

    def open_one(*, cold: bool = False, level: str = "lab", **options):
        lasting = {name: value for name, value in options.items() if name not in PER_PAGE}
        visitor = visitors(server, len(used), level=level, **lasting)
        used.append(visitor)
        page = visitor.page(cold=cold)
        page.set_viewport_size(options.get("viewport", {"width": 1366, "height": 768}))
        page.emulate_media(
            media="null",
            color_scheme=options.get("color_scheme", "light"),
            reduced_motion=options.get("reduced_motion", "no-preference"),
        )
        return page

    yield open_one
    troubles = [trouble for visitor in used for trouble in visitor.leave()]
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


@pytest.fixture
def simple(open_page):
    """Makes pages as a visitor gets them; playwright's options."""

    def opened(path: str = "/", **options):
        page = open_page(level="simple", **options)
        open_app(page, path)
        page.wait_for_selector(".tc-stage.filled")
        return page

    return opened
