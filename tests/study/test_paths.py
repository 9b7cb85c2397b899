"""Paths through a graph of spans are the best there are: every other one is tried."""

from itertools import combinations

import numpy as np
import pytest

from teacache.errors import RequestError
from teacache.study.paths import best_path
from teacache.study.search import climbed, every_schedule, swaps

STEPS = 7
RULES = {"minimax": max, "shortest": sum}


def spans(seed=0):
    return np.random.default_rng(seed).random((STEPS + 1, STEPS + 1))


def cost(schedule, errors, rule):
    nodes = [*(step for step, computed in enumerate(schedule) if computed), STEPS]
    return rule(errors[i, j] for i, j in zip(nodes[:-1], nodes[1:], strict=True))


@pytest.mark.parametrize("path", RULES)
@pytest.mark.parametrize("computed", [1, 3, 4, STEPS])
def test_no_other_schedule_costs_less(path, computed):
    errors = spans(computed)
    found = best_path(errors, computed, path)
    assert sum(found) == computed
    assert found[0]
    least = min(cost(other, errors, RULES[path]) for other in every_schedule(STEPS, computed))
    assert cost(found, errors, RULES[path]) == pytest.approx(least)


def test_spans_that_were_not_measured_are_not_taken():
    errors = spans()
    errors[:, :] = np.inf
    for i in range(STEPS):
        errors[i, i + 1 : i + 3] = 1.0
    assert sum(best_path(errors, 4, "minimax")) == 4
    with pytest.raises(RequestError, match="measure longer ones"):
        best_path(errors, 3, "minimax")


def test_every_schedule_is_there_once():
    found = every_schedule(STEPS, 3)
    expected = {(0, *rest) for rest in combinations(range(1, STEPS), 2)}
    assert {tuple(step for step, computed in enumerate(s) if computed) for s in found} == expected
    assert len(found) == len(expected)


def test_too_many_schedules_are_refused_before_any_run():
    with pytest.raises(RequestError, match="too many to run them all"):
        every_schedule(50, 10)


def test_a_swap_moves_one_computed_step_and_a_climb_ends_where_none_helps():
    start = every_schedule(STEPS, 3)[0]
    assert all(sum(a != b for a, b in zip(other, start, strict=True)) == 2 for other in swaps(start))

    def score(schedule):
        return cost(schedule, spans(), sum)

    top = climbed(start, score)
    assert all(score(other) >= score(top) for other in swaps(top))
    assert score(top) <= score(start)
