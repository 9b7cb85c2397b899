"""Levels come from budgets, thresholds or a method's own ladder; what cannot be run is refused first."""

import pytest

from teacache.errors import RequestError
from teacache.study.methods import METHODS
from teacache.study.sweep.plan import (
    levels_for_budgets,
    levels_for_thresholds,
    runnable,
)


def test_a_method_that_cannot_aim_runs_its_own_ladder(pipe, traces):
    names = [name for name in runnable(pipe, 8) if METHODS[name].aim is None]
    assert names  # diffusers' own caches among them
    levels = levels_for_budgets(pipe, names, (5,), 8, traces)
    assert [dict(level.values) for level in levels] == [
        dict(r) for name in names for r in METHODS[name].ladder
    ]
    assert {level.budget for level in levels} == {None}


def test_thresholds_are_for_methods_that_have_one():
    levels = levels_for_thresholds(["teacache", "uniform", "naive"], [0.1, 0.2])
    assert [(level.method, level.knob) for level in levels] == [
        ("teacache", 0.1), ("teacache", 0.2), ("naive", 0.1), ("naive", 0.2)
    ]  # fmt: skip


def test_files_of_different_levels_have_different_names():
    ladder = [level.name for level in levels_for_thresholds(["teacache"], [0.1, 0.11, 0.111111])]
    assert len(set(ladder)) == 3


@pytest.mark.parametrize("budget", [1, 9])
def test_an_impossible_budget_is_refused(pipe, traces, budget):
    with pytest.raises(RequestError, match="from 2 to 8"):
        levels_for_budgets(pipe, ["teacache"], (budget,), 8, traces)


def test_what_is_no_method_or_no_threshold_is_refused():
    with pytest.raises(RequestError, match="There is no method 'teacash': choose from teacache, naive"):
        levels_for_thresholds(["teacash"], [0.1])
    with pytest.raises(RequestError, match="A threshold of 0 reuses nothing"):
        levels_for_thresholds(["teacache"], [0.1, 0.0])
