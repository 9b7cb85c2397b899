"""The first screen as plain HTML: what it says, and to whom it is sent."""

from __future__ import annotations

import re

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ui.door.headers import of_page
from ui.gradio_glue.first_page import FirstPage
from ui.head.poster import posters
from ui.library.library import Library
from ui.models.models import Models
from ui.run.engine import Engine


@pytest.fixture(scope="module")
def shown():
    engine = Engine(Models(), Library())
    return engine.shown(engine.library.recorded[0], phase="recorded")


@pytest.fixture(scope="module")
def drawn(shown):
    return posters(shown.board, shown.player)


def test_it_shows_the_figures_the_schedule_and_the_video_of_the_recorded_run(shown, drawn):
    figures, cached = shown.board["figures"], shown.board["cached"]
    calls = zip(cached["computed"], cached["branch"], strict=True)
    computed = [flag for flag, branch in calls if branch == 0]
    for text in (f"{figures['psnr']:.1f} dB", f"{figures['ideal']:.2f}×", shown.player["src"]):
        assert text in drawn["en"]
    cells = re.findall(r"<i class=(\w+)>", drawn["en"])
    assert [kind != "reused" for kind in cells] == [bool(c) for c in computed]
    assert cells[0] == cells[-1] == "forced"


def test_it_speaks_every_language_with_its_decimal_sign(shown, drawn):
    assert set(drawn) == {"en", "de", "zh"}
    assert f"{shown.board['figures']['psnr']:.1f} dB".replace(".", ",") in drawn["de"]


def test_it_asks_for_nothing_but_the_video(drawn):
    asked = re.findall(r'(?:src|href)="([^"]*)"', drawn["en"])
    assert asked == ["teacache/runs/scenes-1-faithful/stacked.mp4"]


@pytest.fixture(scope="module")
def client():
    page = Route(
        "/",
        lambda request: HTMLResponse(
            '<html><head><base href="./" /></head><body style="margin: 0"><p>x</p></body>'
        ),
    )
    made = {language: f"<i>{language}</i>" for language in ("en", "de")}
    first = Middleware(FirstPage, head="<b></b>", posters=made, policy=of_page)
    return TestClient(Starlette(routes=[page], middleware=[first]))


@pytest.mark.parametrize(
    "address, spoken, sent",
    [("/", "de-DE,de;q=0.9,en;q=0.8", "de"), ("/", "fr-FR,fr;q=0.9,en;q=0.8", "en"), ("/", "", "en")],
)
def test_the_bare_address_gets_it_first_in_the_body_in_the_browsers_language(client, address, spoken, sent):
    answer = client.get(address, headers={"accept-language": spoken})
    assert f'<body style="margin: 0"><i>{sent}</i><p>' in answer.text
    assert (
        answer.headers["content-length"] == str(len(answer.content)) or "content-encoding" in answer.headers
    )


def test_a_link_that_may_show_something_else_gets_none(client):
    text = client.get("/?run=2-gentle").text
    assert "<i>" not in text and "<b></b>" in text


def test_the_page_names_no_base_address_which_plotly_would_bind_its_clips_to(client):
    assert "<base" not in client.get("/").text
