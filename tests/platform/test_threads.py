"""Work goes on beside the thread that waits, which gives its OpenMP threads back before."""

import ctypes
import threading
import time

import psutil
import pytest
import torch

from teacache.errors import Cancelled
from teacache.platform.threads import beside, give_back

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


def test_work_beside_gives_signs_of_life_and_returns_what_it_finds():
    release, signs = threading.Event(), []
    working = beside(lambda _: release.wait(60) and "found", sign=lambda: "alive", beat=0.01)
    signs = [next(working), next(working)]
    release.set()
    with pytest.raises(StopIteration) as end:
        while True:
            signs.append(next(working))
    assert end.value.value == "found" and set(signs) == {"alive"}


def test_work_beside_that_is_closed_stops_at_its_next_check():
    stopped = []

    def work(check):
        try:
            while True:
                time.sleep(0.001)
                check()
        except Cancelled:
            stopped.append(True)
            raise

    working = beside(work, beat=0.01)
    next(working)
    working.close()
    assert stopped


def test_what_work_beside_raises_is_raised_to_whoever_waits():
    def work(_):
        raise ValueError("in the work")

    with pytest.raises(ValueError, match="in the work"):
        list(beside(work, beat=0.01))
