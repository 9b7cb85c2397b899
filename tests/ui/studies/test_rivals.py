"""Rivals of a finished run: what the page is told, what is kept, which clips it may show, the curves."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import imageio.v3 as iio
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from teacache.errors import RequestError, StoreError
from teacache.method.gate import Settings
from teacache.runs import Request
from ui.history import frontier
from ui.screen import facts, same_cost
from ui.studies import rivals
from ui.teach.routes import routes

CHOSEN = ["uniform", "taylorseer"]


@pytest.fixture
def made(engine):
    asked = Request(
        model=engine.models.default,
        prompt="a red ball",
        steps=6,
        guidance_scale=3.0,
        settings=Settings(threshold=0.3),
    )
    *_, last = engine.run(asked, with_rivals=False)
    return last.stored


@pytest.fixture
def raced(engine, made):
    return [state for state in rivals.states(engine, made, CHOSEN) if state]


@pytest.fixture
def client(engine):
    return TestClient(Starlette(routes=routes(engine.models, engine.library)))


def test_rivals_are_told_call_by_call_and_kept_with_the_run(engine, made, raced):
    rows = raced[-1]["rows"]
    assert [row["name"] for row in rows] == ["teacache", *CHOSEN] and not raced[-1]["busy"]
    assert all(len(row["shares"]) == row["calls"] == 6 for row in rows)
    strips = [s["under"]["shares"] for s in raced if s["under"] and s["under"]["name"] == "uniform"]
    assert [len(strip) for strip in strips] == sorted(len(strip) for strip in strips) and len(strips[-1]) == 6
    assert facts.facts(engine.library, made.run_id)["rivals"] == rows
    again = list(rivals.states(engine, made, CHOSEN))
    assert len(again) == 1 and again[0]["rows"] == rows


def test_who_stops_keeps_what_was_made(engine, made):
    with closing(rivals.states(engine, made, CHOSEN)) as states:
        next(state for state in states if state and len(state["rows"]) == 2)
    assert [row["name"] for row in facts.rivals(engine.library, made.run_id)] == ["teacache", "uniform"]


def test_any_two_or_three_clips_are_one_file(engine, made, raced, client):
    one = iio.imread(made.shown[0], plugin="FFMPEG")
    for names in ("uncached~taylorseer", "uniform~taylorseer~cached"):
        answer = client.get(f"/teacache/teach/{made.run_id}/lanes/{names}.mp4")
        assert answer.status_code == 200
        frames = iio.imread(rivals.lanes(engine.library, made.run_id, names.split("~")), plugin="FFMPEG")
        assert frames.shape[0] == one.shape[0]
        assert frames.shape[2] == one.shape[2] // 2 * len(names.split("~"))


@pytest.mark.parametrize("names", ["uncached", "uncached~nobody", "uncached~..~cached", "a~b~c~d"])
def test_other_clips_are_refused_in_words(names, made, client):
    german = {"accept-language": "de"}
    answer = client.get(f"/teacache/teach/{made.run_id}/lanes/{names}.mp4", headers=german)
    assert answer.status_code == 404 and ("Clip" in answer.text)


def test_the_cards_say_what_does_not_run_here_and_why(engine, made):
    cards = {card["name"]: card for card in rivals.cards(engine.models, made)}
    assert "teacache" not in cards and cards["pab"]["why"] is None
    assert "räumlicher" in cards["mag_cache"]["why"]["de"]


def test_what_does_not_run_is_refused(engine, made):
    with pytest.raises(RequestError, match="MagCache does not run here"):
        list(rivals.states(engine, made, ["mag_cache"]))


def test_the_curves_are_those_of_the_visit_and_open_their_runs(engine, made, raced):
    figure = frontier.figure(engine.library, made.run_id, [made.run_id, "gone"], "de")
    lines = {line["name"]: line for line in figure["data"]}
    assert {"TeaCache", "TaylorSeer", "Gleichmäßig"} <= set(lines)
    assert lines["TaylorSeer"]["customdata"] == [made.run_id]
    assert figure["layout"]["xaxis"]["title"]["text"] == "Sekunden für das Entrauschen"
    with pytest.raises(StoreError):
        frontier.figure(engine.library, "nobody", [], "en")


def test_the_card_knows_every_method_by_its_name():
    from teacache.study.methods import METHODS

    assert {
        method.name: method.title for method in METHODS.values() if method.name != "teacache"
    } == same_cost.TITLES


def test_the_card_runs_the_methods_that_were_chosen_and_judges_them_together(engine):
    asked = Request(model=engine.models.default, prompt="a red ball", seed=8, steps=6, guidance_scale=3.0)
    asked = replace(asked, settings=Settings(threshold=0.3))
    chosen = same_cost.chosen(["taylorseer", "uniform"])
    screens = list(engine.run(asked, with_rivals=True, methods=chosen))
    tables = [screen.rivals for screen in screens if screen.rivals]
    assert [row["name"] for row in tables[-1]["rows"]] == ["teacache", "taylorseer", "uniform"]
    assert tables[-1]["closest"] and not tables[-1]["busy"]
    stored = engine.library.load(screens[-1].stored.run_id)
    assert engine.shown(stored, phase="done").rivals["names"] == ["teacache", "taylorseer", "uniform"]


def test_a_method_that_does_not_run_here_is_refused_before_the_run(engine):
    asked = Request(model=engine.models.default, prompt="a red ball", seed=9, steps=6)
    with pytest.raises(RequestError, match="MagCache does not run here"):
        list(engine.run(asked, with_rivals=True, methods=("mag_cache",)))
    with pytest.raises(RequestError, match="no method 'best'"):
        same_cost.chosen(["best"])
