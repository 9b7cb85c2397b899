"""All schedules of a short run: where each named one stands, TeaCache's being one that its gate decides."""

from __future__ import annotations

import pytest

from teacache.errors import RequestError
from teacache.method.gate import Settings
from teacache.method.planned import Planned
from teacache.runs.adapters import checked
from teacache.runs.request import Request
from teacache.study import ranking as study
from teacache.study.clips import last
from teacache.study.schedules import uniform

STEPS, BUDGET = 6, 3
PLANNED = Planned(schedule=(True, True, False, True, False, False))
REQUEST = Request(prompt="a red ball", steps=STEPS, seed=3, settings=Settings(threshold=0.1))


@pytest.fixture(scope="module")
def found(pipe):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(study, "shipped", lambda model: (PLANNED,))
        return last(study.ranking(pipe, checked(pipe, REQUEST), BUDGET))


def test_every_schedule_is_counted_and_the_best_is_behind_nobody(found):
    assert len(found.errors) == 10
    assert found.marks["best"].standing.error == min(found.errors)
    assert found.marks["best"].standing.regret == 0


def test_named_schedules_stand_among_them(found):
    assert found.marks["uniform"].schedule == uniform(STEPS, BUDGET)
    assert found.marks["planned"].schedule == PLANNED.schedule
    assert all(mark.standing.error in found.errors for mark in found.marks.values())


def test_teacaches_computes_as_many_steps(found):
    assert sum(found.marks["teacache"].schedule) == BUDGET


def test_too_many_steps_are_refused_before_anything_runs(pipe):
    with pytest.raises(RequestError, match="choose from 1 to 6"):
        next(study.ranking(pipe, REQUEST, STEPS + 1))
