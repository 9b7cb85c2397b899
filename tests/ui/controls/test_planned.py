"""A planned schedule as an estimate of its own: what-if, run, link, snippet and programs all know it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from teacache.errors import RequestError
from teacache.models.catalog import card
from teacache.models.schedules import named, shipped
from tests.ui.tables import unrolled
from ui.api.endpoints import Api
from ui.controls import controls, planned, rules
from ui.controls.form import Form
from ui.library.library import RECORDED, Library
from ui.link import link
from ui.models.models import Models
from ui.run import events
from ui.run.engine import Engine
from ui.screen import state
from ui.takeaway import snippet, whatif_query

NAME = "10-of-50"
TEN = named("shapes", NAME)
PLANNED = Form(estimator=rules.PLANNED, planned=NAME, first=5, last=5, most=2)
RUN = replace(PLANNED, threshold=0.1, model="shapes", prompt="a red ball", seed=0, guidance=3.0)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    return Engine(Models(), Library(tmp_path_factory.mktemp("made"), RECORDED))


@pytest.fixture(scope="module")
def run(engine):
    return engine.library.load("1-faithful")


def test_it_is_offered_where_one_was_planned():
    assert rules.PLANNED in [name for _, name in rules.estimates(card("shapes"))]
    assert rules.PLANNED not in [name for _, name in rules.estimates(card("wan-1.3b"))]
    assert [name for _, name in planned.choices(card("shapes"))] == [each.name for each in shipped("shapes")]


def test_its_settings_follow_the_file_and_zero_stays_off():
    settings = rules.settings(card("shapes"), replace(PLANNED, threshold=0.1))
    assert settings.schedule == TEN.schedule
    assert (settings.order, settings.reach) == (TEN.order, TEN.reach)
    assert planned.settings(card("shapes"), 0, NAME).off


def test_a_run_by_one_is_shown_as_one():
    settings = planned.settings(card("shapes"), 0.1, NAME)
    found = rules.values_of(card("shapes"), settings)
    assert (found["estimator"], found["planned"]) == (rules.PLANNED, NAME)
    other = settings.replaced(schedule=(True,) * 50)
    assert rules.values_of(card("shapes"), other)["estimator"] == rules.CALIBRATED
    assert state.controls(settings)["planned"] == NAME


def test_the_what_if_is_the_schedule_whatever_the_threshold_and_exact(engine, run):
    table = engine.table(run, events.settings_for(engine, run, PLANNED))
    (row,) = unrolled(table)
    assert table["exact"] and (row.low, row.high) == (0, None)
    assert row.schedule == "".join(str(int(step)) for step in TEN.schedule)


def test_a_run_of_other_steps_is_refused_in_a_sentence(engine):
    few = engine.library.load("6-few-steps")
    with pytest.raises(RequestError, match="planned for 50 steps, but the run has 6"):
        events.settings_for(engine, few, PLANNED)
    with pytest.raises(RequestError, match="planned for 50 steps, but the run has 20"):
        controls.request(Models(), replace(RUN, steps=20))
    request = controls.request(Models(), RUN)
    assert request.checked(card("shapes")).settings.schedule == TEN.schedule


@pytest.mark.parametrize("name", ["", None, "11-of-50", "../shapes/10-of-50"])
def test_a_name_that_is_none_is_refused_with_those_there_are(name):
    with pytest.raises(RequestError, match="choose from 25-of-50"):
        rules.settings(card("shapes"), Form.read({"estimator": rules.PLANNED, "planned": name}))


def test_a_model_with_a_path_for_a_name_has_none():
    assert shipped("../schedules/shapes") == ()


def test_a_link_names_it(engine):
    words = {"run": "1-faithful", "estimator": "planned", "planned": NAME}
    screen, form, _ = link.opened(engine, words, [], "1-faithful")
    assert (form.estimator, form.planned) == (rules.PLANNED, NAME)
    assert screen.table["settings"]["schedule"] == list(TEN.schedule)


def test_the_snippet_follows_it(engine, run):
    table = engine.table(run, events.settings_for(engine, run, PLANNED))
    words = {"threshold": "0.1", "rules": state.json.dumps(table["settings"])}
    made = whatif_query.decided(run, words)
    source = snippet.code(made, foretold=True)
    compile(source, "snippet", "exec")
    bits = "".join(str(int(step)) for step in TEN.schedule)
    assert f'schedule=tuple(bit == "1" for bit in "{bits}")' in source
    assert "order=1" in source and f'foretold = "{bits}"' in source


def test_programs_ask_for_it_by_name(engine):
    told = Api(engine).what_if("1-faithful", 0.1, "", False, 0, -1, 0, schedule=NAME)
    assert told["schedule"] == list(TEN.schedule)
    assert told["exactness"] == "exact"
