"""Fixed schedules keep their number of computed steps and their ends."""

import pytest

from teacache.errors import RequestError
from teacache.study.schedules import fixed, of_trace_steps, uniform


@pytest.mark.parametrize("steps", [2, 3, 7, 30, 50, 150])
def test_uniform_computes_exactly_as_many_as_asked_with_both_ends(steps):
    for computed in range(2, steps + 1):
        schedule = uniform(steps, computed)
        assert len(schedule) == steps and sum(schedule) == computed
        assert schedule[0] and schedule[-1]


def test_uniform_gaps_differ_by_one_step_at_most():
    for computed in range(2, 51):
        at = [i for i, on in enumerate(uniform(50, computed)) if on]
        gaps = {b - a for a, b in zip(at, at[1:], strict=False)}
        assert max(gaps) - min(gaps) <= 1


def test_one_computed_step_is_the_first():
    assert uniform(4, 1) == (True, False, False, False)


@pytest.mark.parametrize("computed", [0, 5])
def test_an_impossible_number_of_computed_steps_is_refused(computed):
    with pytest.raises(RequestError, match="from 1 to 4"):
        uniform(4, computed)


def test_calls_become_steps():
    assert of_trace_steps((True, True, False, True, False, False), (0, 0, 1, 1, 2, 2)) == (True, True, False)


def test_a_fixed_schedule_is_a_setting_of_the_gate():
    settings = fixed(uniform(10, 4))
    assert settings.schedule == uniform(10, 4) and not settings.off
