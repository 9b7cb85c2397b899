"""The clock counts what it should and nothing else."""

from types import SimpleNamespace

import pytest
import torch

from teacache.runs import timing
from teacache.runs.timing import WallClock


@pytest.fixture
def spend(monkeypatch):
    """Let so many seconds pass."""
    now = [100.0]
    monkeypatch.setattr(timing, "time", SimpleNamespace(perf_counter=lambda: now[0]))

    def spend(seconds: float) -> None:
        now[0] += seconds

    return spend


@pytest.fixture
def clock(spend) -> WallClock:
    return WallClock(torch.device("cpu"))


def test_a_clock_that_never_ran_shows_nothing(clock, spend):
    spend(1)
    assert clock.stop() == 0


def test_running_time_is_counted(clock, spend):
    clock.start()
    spend(2)
    assert clock.stop() == 2


def test_held_time_is_not_counted_and_the_rest_is(clock, spend):
    clock.start()
    spend(1)
    with clock.held():
        spend(8)
    spend(2)
    assert clock.stop() == 3


def test_holding_does_not_start_a_stopped_clock(clock):
    with clock.held():
        pass
    assert not clock.running


def test_a_clock_runs_on_after_an_error_while_held(clock):
    clock.start()
    with pytest.raises(RuntimeError), clock.held():
        raise RuntimeError
    assert clock.running


def test_stopping_twice_counts_once(clock, spend):
    clock.start()
    spend(1)
    first = clock.stop()
    spend(1)
    assert clock.stop() == first == 1
