"""The clock counts what it should and nothing else."""

import time

import pytest
import torch

from teacache.runs.timing import WallClock


@pytest.fixture
def clock() -> WallClock:
    return WallClock(torch.device("cpu"))


def test_a_clock_that_never_ran_shows_nothing(clock):
    time.sleep(0.02)
    assert clock.stop() == 0


def test_running_time_is_counted(clock):
    start = time.perf_counter()
    clock.start()
    time.sleep(0.05)
    assert 0.05 <= clock.stop() <= time.perf_counter() - start


def test_held_time_is_not_counted_and_the_rest_is(clock):
    start = time.perf_counter()
    clock.start()
    time.sleep(0.02)
    with clock.held():
        time.sleep(0.2)
    time.sleep(0.02)
    assert 0.04 <= clock.stop() <= time.perf_counter() - start - 0.2


def test_holding_does_not_start_a_stopped_clock(clock):
    with clock.held():
        pass
    assert not clock.running


def test_a_clock_runs_on_after_an_error_while_held(clock):
    clock.start()
    with pytest.raises(RuntimeError), clock.held():
        raise RuntimeError
    assert clock.running


def test_stopping_twice_counts_once(clock):
    clock.start()
    first = clock.stop()
    time.sleep(0.02)
    assert clock.stop() == first
