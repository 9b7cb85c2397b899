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
    return dataclasses.replace(made, latent_free=True, records=tuple(call for pair in pairs for call in pair))


def test_both_branches_of_a_latent_free_run_are_one_step():
    both = guided(trace())
    assert decided_alike(both) and counted_as_one(both) == 2
    assert spent(both) == (sum(both.schedule[::2]), 6)


def test_by_what_the_latents_make_every_call_counts():
    both = dataclasses.replace(guided(trace()), latent_free=False)
    assert not decided_alike(both) and counted_as_one(both) == 1
    assert spent(both) == (both.computed_calls, 12)


def test_a_trace_that_says_so_and_differs_is_shown_call_by_call():
    both = guided(trace())
    last = dataclasses.replace(both.records[-1], computed=not both.records[-1].computed)
    assert not decided_alike(dataclasses.replace(both, records=(*both.records[:-1], last)))


def test_a_run_without_guidance_counts_its_calls_which_are_its_steps():
    assert counted_as_one(dataclasses.replace(trace(), latent_free=True)) == 1


def test_a_rival_that_computes_one_call_of_a_step_has_half_a_step():
    assert count(43, 2) == 21.5 and count(44, 2) == 22 and isinstance(count(44, 2), int)


@pytest.mark.parametrize("run", RECORDED, ids=[run.run_id for run in RECORDED])
def test_a_shipped_run_is_counted_in_steps_unless_the_latents_decide_about_both_branches(run):
    branches = len({record.branch for record in run.cached.records})
    apart = branches if not run.cached.latent_free else 1
    assert spent(run.cached)[1] == spent(run.uncached)[1] == apart * run.cached.steps
