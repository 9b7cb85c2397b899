"""Every schedule is run: nothing beats the optimum, and percentile and regret say how far a method is."""

import pytest

from teacache.errors import RequestError
from teacache.runs.request import Request
from teacache.study.clips import last
from teacache.study.exact import Everything, best_found, everything
from teacache.study.loop import taken_apart
from teacache.study.schedules import uniform
from teacache.study.walk import Reuse, taking_apart

STEPS, BUDGET = 6, 3


@pytest.fixture
def loop(pipe):
    with taking_apart(pipe) as held:
        yield taken_apart(pipe, Request(prompt="a red ball", steps=STEPS, seed=3), held)


def test_all_schedules_are_run_with_a_forecast_that_comes_true(loop):
    going = everything(loop, BUDGET, Reuse())
    progress = []
    while True:
        try:
            progress.append(next(going))
        except StopIteration as end:
            found = end.value
            break
    assert len(found.errors) == 10
    assert progress[-1].done == progress[-1].total == len(progress)
    assert found.standing(found.best).regret == 0
    assert found.standing(found.best).percentile == 90
    assert found.standing(uniform(STEPS, BUDGET)).regret >= 0


def test_swaps_find_no_more_than_there_is_and_never_less_than_they_began_with(loop):
    exact = last(everything(loop, BUDGET, Reuse()))
    start = max(exact.errors, key=exact.errors.__getitem__)
    found = last(best_found(loop, [start], Reuse()))
    assert exact.errors[exact.best] <= found.errors[found.best] < exact.errors[start]


def test_closed_half_way_it_stops(loop):
    going = everything(loop, BUDGET, Reuse())
    next(going)
    going.close()
    assert loop.puppet.given is None


def test_a_search_that_cannot_end_is_refused_at_once(loop):
    with pytest.raises(RequestError, match="choose from 1 to 6"):
        next(everything(loop, STEPS + 1, Reuse()))


def test_a_standing_counts_what_is_worse():
    found = Everything({(True, False): 1.0, (True, True): 0.1})
    assert found.standing((True, False)).percentile == 0
    assert found.standing((True, False)).regret == pytest.approx(10)
    assert found.standing((True, True)).percentile == 50
