"""Runs that advance in step are the runs that they would be alone."""

import pytest
import torch

from benchmarks import lockstep
from benchmarks.lockstep import interleave, together, twin
from benchmarks.model import caller
from benchmarks.rounds import OFF, Rounds
from teacache.method.cache import TeaCache
from teacache.models import load
from teacache.study.schedules import fixed
from tests import tiny_latte

STEPS = 4
HALF = fixed((True, False, True, True))


@pytest.fixture(scope="module")
def pipe(tmp_path_factory):
    return load(tiny_latte.save(tmp_path_factory.mktemp("models") / "tiny"), device="cpu")


def prepare(pipe):
    return caller(pipe, STEPS)


def test_kinds_are_measured_as_often_as_asked_and_what_warms_up_is_left_out(pipe):
    rounds = Rounds(pipe, prepare(pipe))
    interleave(rounds, prepare, {"plain": None, "watched": OFF}, 2)
    assert {name: len(values) for name, values in rounds.seconds.items()} == {"plain": 2, "watched": 2}
    assert len(rounds.traces["watched"]) == 2 and "plain" not in rounds.traces


def test_in_step_the_same_is_decided_and_measured_as_alone(pipe):
    with torch.no_grad(), TeaCache(pipe, settings=HALF) as cache:
        prepare(pipe)()
    in_step = together(pipe, prepare, {"plain": None, "half": HALF, "other": OFF})["half"][1]
    facts = [[(r.step, r.computed, r.indicator_distance) for r in t.records] for t in (cache.trace, in_step)]
    assert facts[0] == facts[1]


def test_after_every_step_another_run_goes_on(pipe):
    steps = []

    def noted(pipe):
        run = prepare(pipe)
        step = pipe.scheduler.step
        pipe.scheduler.step = lambda *a, **k: (steps.append(pipe), step(*a, **k))[1]
        return run

    together(pipe, noted, {"one": None, "two": HALF})
    assert all(set(steps[i : i + 2]) == set(steps[:2]) for i in range(0, 2 * STEPS, 2))


def test_a_twin_shares_the_weights_and_nothing_else(pipe):
    other = twin(pipe)
    assert other.transformer is not pipe.transformer and other.scheduler is not pipe.scheduler
    for ours, theirs in zip(other.transformer.parameters(), pipe.transformer.parameters(), strict=True):
        assert ours.data_ptr() == theirs.data_ptr()


def test_the_seconds_of_a_run_are_those_of_its_own_steps(pipe, monkeypatch):
    clock, prices = [0.0], [1.0, 10.0]
    monkeypatch.setattr(lockstep.time, "perf_counter", lambda: clock[0])

    def priced(pipe):
        run, step, price = prepare(pipe), pipe.scheduler.step, prices.pop(0)
        pipe.scheduler.step = lambda *a, **k: (clock.__setitem__(0, clock[0] + price), step(*a, **k))[1]
        return run

    found = together(pipe, priced, {"cheap": None, "dear": None})
    assert (found["cheap"][0], found["dear"][0]) == (STEPS * 1.0, STEPS * 10.0)
