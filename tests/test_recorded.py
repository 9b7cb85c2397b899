"""The recorded runs are what the model gives today: one that takes a second is run again."""

from itertools import pairwise, product

import pytest
import torch

from teacache.method.distance import relative_l1
from teacache.models import load
from teacache.runs import compare
from teacache.runs.compare import Baselines
from tests.method.embeddings import EMBEDDINGS
from ui.library.library import Library

QUICK = "6-few-steps"


@pytest.fixture(autouse=True)
def steady():
    """A recorded run that was disturbed is a fault."""


def test_nothing_disturbed_a_recorded_run():
    assert not [run.run_id for run in Library().recorded if run.speed.disturbed]


def test_a_recorded_run_comes_out_again_as_it_was_recorded():
    kept = next(run for run in Library().recorded if run.run_id == QUICK)
    *_, last = compare(load("shapes", device="cpu"), kept.request, baselines=Baselines(), preview_every=0)
    made = last.comparison
    for name in ("uncached", "cached"):
        before, now = getattr(kept, name).records, getattr(made, name).trace.records
        assert [r.computed for r in now] == [r.computed for r in before]
        for value in ("indicator_distance", "output_distance"):
            wanted = [getattr(r, value) for r in before[1:]]
            assert [getattr(r, value) for r in now[1:]] == pytest.approx(wanted, rel=0.01)


def test_the_recorded_embedding_distances_are_those_of_the_timestep_embedding_itself():
    """Not of the vector that shifts and scales, which is made of it."""
    transformers = {name: load(name, device="cpu").transformer for name in ("shapes", "scenes")}
    for run in Library().recorded:
        transformer = transformers[run.request.model]
        embedded = EMBEDDINGS[type(transformer).__name__]
        for trace, branch in product((run.uncached, run.cached), run.cached.branches):
            records = [record for record in trace.records if record.branch == branch]
            with torch.no_grad():
                made = embedded(transformer, {"timestep": torch.tensor([r.timestep for r in records])})
            wanted = [float(relative_l1(now, old)) for old, now in pairwise(made)]
            assert [r.embedding_distance for r in records[1:]] == pytest.approx(wanted, rel=1e-3)
