"""A beam finds the best where it is wide enough, and never more than there is."""

import pytest

from teacache.errors import RequestError
from teacache.study.schedules import Schedule
from teacache.study.search import beam, every_schedule

STEPS, BUDGET = 8, 4


def lonely(schedule: Schedule) -> float:
    """The longest way between two computed steps: no two of them may be too far apart."""
    nodes = [*(step for step, computed in enumerate(schedule) if computed), len(schedule)]
    return max(b - a for a, b in zip(nodes, nodes[1:], strict=False))


def test_a_beam_as_wide_as_all_schedules_finds_the_best():
    best = min(map(lonely, every_schedule(STEPS, BUDGET)))
    assert lonely(beam(STEPS, BUDGET, lonely, width=100)[0]) == best == 2


def test_a_narrow_beam_keeps_to_the_rules_and_sorts_what_it_finds():
    found = beam(STEPS, BUDGET, lonely, width=3)
    assert len(set(found)) == 3
    assert all(schedule[0] and sum(schedule) == BUDGET for schedule in found)
    assert sorted(found, key=lonely) == found


def test_a_number_that_no_run_has_is_refused():
    with pytest.raises(RequestError, match="choose from 1 to 8"):
        beam(STEPS, 9, lonely)
