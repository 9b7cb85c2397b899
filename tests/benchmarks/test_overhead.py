"""The benchmark of mid-size networks measures what it says; shown on tiny ones."""

import pytest
import torch

from benchmarks import overhead
from benchmarks.overhead import MODELS, caller, decided
from benchmarks.rounds import Rounds
from benchmarks.subjects import SUBJECTS
from teacache.models.catalog import CARDS

CPU = torch.device("cpu")


@pytest.mark.parametrize("name", SUBJECTS)
def test_every_call_is_weighed_and_computed_but_the_forced_ones(name):
    subject = SUBJECTS[name]
    pipe = subject.build("tiny", CPU, torch.float32)
    rounds = Rounds(pipe, caller(subject, pipe, "tiny", 4))
    rounds.run("decided", decided(CARDS[name].settings().variant))
    records = rounds.traces["decided"][0].records
    first, *between, last = dict.fromkeys(r.step for r in records)  # more than 4 where a scheduler warms up
    reasons = {first: "first", **dict.fromkeys(between, "threshold"), last: "last"}
    assert len(between) >= 2 and {r.step: r.reason for r in records} == reasons
    assert all(r.indicator_distance > 0 for r in records if r.step)


def test_every_model_gets_its_figures_with_their_goals():
    rows = overhead.rows(steps=4, repeats=1, device=CPU, scale="tiny")
    assert [row.name.partition(":")[0] for row in rows] == [name for name in MODELS for _ in range(4)]
    goals = {row.name: row.goal for row in rows if row.goal}
    assert set(goals.values()) == {0.5, 1.0} and len(goals) == 2 * len(MODELS)
    assert all(row.value > 0 for row in rows if row.goal)
