"""The calling thread's OpenMP threads are given back before a run."""

import ctypes
import time

import psutil
import pytest
import torch

from teacache.runs import generate
from teacache.runs.threads import give_back

LARGE = 1 << 20  # numbers enough for an operation to be split


@pytest.fixture
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def alive():
    return {thread.id for thread in psutil.Process().threads()}


def pool_of_an_operation():
    give_back()
    before = alive()
    torch.ones(LARGE).add(1)
    return alive() - before


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "omp_pause_resource_all"), reason="no such OpenMP")
def test_given_back_the_pool_ends_and_the_next_operation_makes_another(two_threads):
    pool = pool_of_an_operation()
    assert pool
    give_back()
    deadline = time.monotonic() + 60
    while pool & alive() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not pool & alive()
    assert pool_of_an_operation()


def test_a_run_begins_by_giving_back_the_threads_of_the_thread_that_asks(pipe, request_, monkeypatch):
    given = []
    monkeypatch.setattr(generate, "give_back", lambda: given.append(True))
    events = generate.generate(pipe, request_, preview_every=0)
    next(events)
    events.close()
    assert given == [True]
