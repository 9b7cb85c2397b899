"""All schedules on the page, and why they differ: made once, kept, drawn in the visitor's language."""

from __future__ import annotations

from contextlib import closing
from urllib.parse import quote

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from teacache.errors import RequestError
from teacache.models.cards import Card
from teacache.runs.request import Request
from ui.library.library import RECORDED, Library
from ui.models.models import Models
from ui.screen import facts
from ui.studies import everything
from ui.teach.routes import routes
from ui.words.texts import LANGUAGES, texts

SIZE = (5, 2)
ASKED = {"steps": 5, "computed": 2}


@pytest.fixture
def made(engine, monkeypatch):
    """A run of the tiny model, which may be asked for all schedules of five steps."""
    monkeypatch.setattr(facts, "SIZES", (SIZE,))
    monkeypatch.setattr(Card, "small", True)
    asked = Request(model=engine.models.default, prompt="a red ball", steps=4, guidance_scale=1.0)
    *_, last = engine.run(asked, with_rivals=False)
    return last.stored


def test_all_schedules_are_run_once_and_kept(engine, made):
    first = list(everything.states(engine, made, ASKED))
    assert first[1]["busy"] and first[-2]["done"] == first[-2]["total"] and not first[-1]["busy"]
    told = facts.facts(engine.library, made.run_id)["everything"]
    assert told == [{"steps": 5, "computed": 2, "schedules": 4, "made": True}]
    (again,) = everything.states(engine, made, ASKED)
    assert not again["busy"]


def test_stopped_half_way_nothing_is_kept(engine, made):
    with closing(everything.states(engine, made, ASKED)) as states:
        next(states), next(states)
    assert facts.everything(engine.library, made.run_id, *SIZE) is None


def test_the_histogram_holds_all_and_marks_the_named_ones(engine, made):
    list(everything.states(engine, made, ASKED))
    client = TestClient(Starlette(routes=routes(engine.models, engine.library)))
    for language in LANGUAGES:
        words = texts(language)
        told = client.get(f"/teacache/teach/{made.run_id}/everything/2-of-5?language={language}").json()
        assert len(told["data"][0]["x"]) == told["schedules"] == 4
        assert told["layout"]["xaxis"]["title"]["text"] == words["everything_x"]
        named = {one["text"] for one in told["layout"]["annotations"]}
        assert {words["mark_best"], words["mark_uniform"]} <= named
        assert told["marks"]["best"]["regret"] == 0


@pytest.mark.parametrize("asked", [{}, {"steps": 50, "computed": 10}, {"steps": "5", "computed": 2}])
def test_other_sizes_are_refused_in_a_sentence(engine, library, asked):
    with pytest.raises(RequestError):
        next(everything.states(engine, library.load("1-sample"), asked))


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    library = Library(tmp_path_factory.mktemp("made"), RECORDED)
    return TestClient(Starlette(routes=routes(Models(), library)))


def test_what_was_not_made_is_said(shipped):
    answer = shipped.get("/teacache/teach/2-gentle/everything/4-of-12")
    assert answer.status_code == 404 and "start them first" in answer.text
    assert "make it first" in shipped.get("/teacache/teach/2-gentle/why").text


@pytest.mark.parametrize("number", ["9" * 300, "9" * 5_000, "x", "\0"], ids=len)
def test_what_no_size_is_called_is_no_number_and_no_file(shipped, number):
    answer = shipped.get(f"/teacache/teach/2-gentle/everything/{quote(number)}-of-12")
    assert answer.status_code == 404 and "4 of 12" in answer.text


def test_estimate_and_damage_stand_beside_each_other(shipped):
    told = shipped.get("/teacache/teach/1-faithful/why?language=de").json()
    names = [line["name"] for line in told["data"]]
    assert names == [texts("de")["why_estimate"], texts("de")["why_damage"]]
    assert all(len(line["y"]) == 50 for line in told["data"])


def test_without_own_runs_the_frontier_is_the_sweep_that_ships(shipped):
    told = shipped.get("/teacache/teach/1-faithful/frontier?ids=1-faithful").json()
    assert told["sweep"]["name"] == "shapes" and told["sweep"]["prompts"] >= 9
    assert "TeaCache" in [line["name"] for line in told["data"]]
    assert told["layout"]["xaxis"]["title"]["text"] == texts("en")["frontier_fewer"]
