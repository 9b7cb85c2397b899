"""Any methods race at the share of work that TeaCache took, and tell what they compute as they go."""

from __future__ import annotations

import pytest

from teacache.errors import RequestError
from teacache.method.gate import Settings
from teacache.runs import Request
from teacache.study.race import Raced, Under, race

STEPS = 8


@pytest.fixture(scope="module")
def asked(pipe):
    return Request(
        model=pipe.teacache_card.name,
        prompt="a red ball",
        seed=3,
        steps=STEPS,
        guidance_scale=3.0,
        settings=Settings(threshold=0.3),
    )


@pytest.fixture(scope="module")
def states(pipe, asked):
    return list(race(pipe, asked, ["uniform", "taylorseer"]))


def test_teacache_runs_first_and_the_others_at_its_share(states):
    ours, even, taylor = (state for state in states if isinstance(state, Raced))
    assert [ours.name, even.name, taylor.name] == ["teacache", "uniform", "taylorseer"]
    assert even.cost.share == pytest.approx(ours.cost.share, abs=0.07)
    assert abs(taylor.cost.share - ours.cost.share) <= 0.25  # one of its rungs
    assert taylor.values.keys() == {"interval", "order", "first_steps"}


def test_a_strip_grows_call_by_call(states):
    of_taylor = [s for s in states if isinstance(s, Under) and s.name == "taylorseer" and s.attempt == 1]
    lengths = [len(state.shares) for state in of_taylor]
    assert lengths == sorted(lengths) and max(lengths) == STEPS
    assert {state.calls for state in of_taylor} == {STEPS}


def test_a_closed_race_stops(pipe, asked):
    running = race(pipe, asked, ["uniform"])
    assert isinstance(next(running), Under)
    running.close()
    assert not list(running)


def test_what_does_not_run_is_refused_before_anything_runs(pipe, asked):
    with pytest.raises(RequestError, match="MagCache does not run here: The blocks of Latte"):
        race(pipe, asked, ["mag_cache"])
    with pytest.raises(RequestError, match="no method 'nobody'"):
        race(pipe, asked, ["nobody"])
