"""Which calls the page shows as one step: those that are decided alike."""

from __future__ import annotations

import dataclasses

import pytest

from tests.ui.conftest import trace
from ui.library.library import Library
from ui.screen.lanes import count, counted_as_one, decided_alike, spent

RECORDED = Library().recorded


def guided(made):
    """The same decisions for a second branch of guidance, call after call."""
    pairs = (
        (dataclasses.replace(r, branch="cond"), dataclasses.replace(r, branch="uncond")) for r in made.records
    )
    return dataclasses.replace(made, records=tuple(call for pair in pairs for call in pair))


def test_branches_that_no_step_tells_apart_are_one_row_of_steps():
    both = guided(trace())
    assert decided_alike(both) and counted_as_one(both) == 2
    assert spent(both) == (sum(both.schedule[::2]), 6)


def test_where_one_step_tells_the_branches_apart_every_call_counts():
    both = guided(trace())
    last = dataclasses.replace(both.records[-1], computed=not both.records[-1].computed)
    parted = dataclasses.replace(both, records=(*both.records[:-1], last))
    assert not decided_alike(parted) and counted_as_one(parted) == 1
    assert spent(parted) == (parted.computed_calls, 12)


def test_a_run_without_guidance_counts_its_calls_which_are_its_steps():
    assert counted_as_one(trace()) == 1


def test_a_rival_that_computes_one_call_of_a_step_has_half_a_step():
    assert count(43, 2) == 21.5 and count(44, 2) == 22 and isinstance(count(44, 2), int)


@pytest.mark.parametrize("run", RECORDED, ids=[run.run_id for run in RECORDED])
def test_of_every_shipped_run_the_page_counts_as_many_as_it_has_steps(run):
    assert spent(run.cached)[1] == spent(run.uncached)[1] == run.cached.steps
