"""What a first visit costs: bytes over the wire as a browser gets them, and the time until it shows."""

from __future__ import annotations

from statistics import median

import pytest

from tests.browser.steps import SLOW, on_the_wire
from tests.browser.visitors import watch

MOST = 900_000  # bytes of the bare address in Simple, its clip in them; no Plotly comes
CLIPLESS = 760_000  # bytes of an address that names a run of either model, clips counted apart
FIRST_PAINT_MS = 500  # on a warm server, the median of some visits
VISITS = 7


def is_clip(address: str) -> bool:
    return address.partition("?")[0].endswith(".mp4")


@pytest.fixture
def weighed(browser, bare):
    """Opens an address as a new visitor; gives the bytes of each address until the page is at rest."""
    contexts = []

    def weigh(path: str, run: str) -> dict[str, float]:
        context = browser.new_context(base_url=bare, viewport={"width": 1366, "height": 768})
        troubles = watch(context, bare)
        contexts.append((context, troubles))
        page = context.new_page()
        addresses, sizes = on_the_wire(page)
        with page.expect_response(
            lambda answer: f"/{run}/" in answer.url and is_clip(answer.url), timeout=SLOW
        ):
            page.goto(path, timeout=SLOW)
        page.wait_for_selector(".tc-stage.filled", timeout=SLOW)
        page.wait_for_selector(".tc-mech .bars rect:nth-of-type(10)", timeout=SLOW)
        page.wait_for_load_state("networkidle", timeout=SLOW)
        return {f"{addresses.get(name, '')}#{name}": size for name, size in sizes.items()}

    yield weigh
    for context, troubles in contexts:
        context.close()
        assert not troubles


def test_the_bare_address_is_light_with_its_clip_and_fetches_no_other_recording_and_no_plotly(weighed):
    sizes = weighed("/", "scenes-1-faithful")
    clips = [address for address in sizes if is_clip(address.partition("#")[0])]
    assert len(clips) == 1
    assert not [address for address in sizes if "/plotly-" in address]
    assert 300_000 < sum(sizes.values()) <= MOST


@pytest.mark.parametrize("run", ["3-drift", "scenes-2-drift"])
def test_a_run_that_the_address_names_weighs_as_little_but_for_its_clip(weighed, run):
    sizes = weighed(f"/?run={run}&level=simple", run)
    clips = {address: size for address, size in sizes.items() if is_clip(address.partition("#")[0])}
    assert [address for address in clips if f"/{run}/" in address]
    assert sum(sizes.values()) - sum(clips.values()) <= CLIPLESS


@pytest.mark.alone
def test_something_is_seen_soon_enough_on_a_warm_server(browser, bare):
    took = []
    for _ in range(VISITS + 1):
        context = browser.new_context(base_url=bare)
        page = context.new_page()
        page.goto("/", timeout=SLOW)
        page.wait_for_selector(".tc-chip.ready", timeout=2 * SLOW)
        took.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
        context.close()
    assert median(took[1:]) <= FIRST_PAINT_MS, took  # the first visit warms the server up
