"""Waiting threads sleep while somebody else holds a core; the numbers never know."""

import subprocess
import sys
import threading
import time

import psutil
import pytest
import torch

from teacache.models import load
from teacache.platform import waiting
from teacache.platform.waiting import Crowd, Switch, adapting
from teacache.runs import Request
from teacache.runs.adapters import checked
from tests.runs.running import OFF, finish

# Seconds without a core per second, ten times a second, as they were measured on two cores.
ALONE = [0.04, 0.02, 0.01, 0.15, 0.2, 0.02, 0.08, 0.01, 0.05, 0.12] * 2
BROWSER = [0.2, 0.28, 0.35, 0.25, 0.34, 0.53, 0.3, 0.19, 0.33, 0.25] * 2
TAKEN = [0.48, 0.62, 0.45, 0.43, 0.55, 0.46, 1.51, 0.49, 0.47, 0.5] * 2

two_threads = pytest.mark.skipif(not waiting._without_core(), reason="the kernel does not tell")


@pytest.fixture
def pools(monkeypatch):
    """Two threads on what counts as two cores, and a program that asked for adapting."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    monkeypatch.setattr(waiting.os, "sched_getaffinity", lambda _: {0, 1})
    monkeypatch.setattr(waiting, "_adapts", True)
    yield
    torch.set_num_threads(before)


def seen(looks, switch=None):
    switch = switch or Switch()
    return [switch.see(look) for look in looks]


@pytest.mark.parametrize("looks", [ALONE, BROWSER], ids=["alone", "browser"])
def test_on_a_calm_machine_and_beside_a_browser_threads_wait_awake(looks):
    assert not any(seen(looks))


def test_beside_a_process_that_holds_a_core_they_sleep_at_the_second_look_and_on():
    assert seen(TAKEN) == [False] + [True] * (len(TAKEN) - 1)


def test_they_wake_half_a_second_after_it_has_gone():
    switch = Switch()
    assert seen(TAKEN, switch)[-1]
    assert seen(ALONE, switch).index(False) == 4


def alive():
    return {thread.id for thread in psutil.Process().threads()}


def until(true, seconds=60):
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.01)
    return true()


def test_a_crowd_comes_and_goes(pools):
    before, crowd = alive(), Crowd()
    crowd.be(True)
    assert until(lambda: len(alive() - before) == 2)  # an owner, and the thread of its pool
    crowd.be(True)
    assert len(alive() - before) == 2
    crowd.be(False)
    assert until(lambda: not alive() - before)


@pytest.mark.parametrize("threads, cores, pools", [(1, 2, 0), (2, 2, 1), (4, 4, 1), (4, 8, 2), (2, 8, 7)])
def test_there_are_more_threads_than_cores(monkeypatch, threads, cores, pools):
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    monkeypatch.setattr(waiting.os, "sched_getaffinity", lambda _: set(range(cores)))
    assert waiting.pools_needed() == pools
    assert pools == 0 or threads + pools * (threads - 1) > cores
    torch.set_num_threads(before)


def watchers():
    return [thread for thread in threading.enumerate() if thread.name == "teacache-waiting"]


def test_a_library_that_was_not_asked_watches_nothing():
    with adapting():
        assert not watchers()


@two_threads
def test_a_program_that_asked_is_watched_while_it_runs(pools):
    with adapting():
        assert len(watchers()) == 1
    assert not watchers()


@two_threads
def test_the_numbers_are_the_same_to_the_bit_awake_and_asleep(pools):
    embedded = load("shapes", device="cpu")
    request = checked(embedded, Request(prompt="a red ball", steps=2))
    awake, crowd = finish(embedded, request, settings=OFF)[1], Crowd()
    crowd.be(True)
    asleep = finish(embedded, request, settings=OFF)[1]
    crowd.be(False)
    assert (awake == asleep).all()


@two_threads
def test_a_held_core_is_noticed(pools, monkeypatch):
    """As many processes as there are cores, and two threads that want to work: somebody has to wait."""
    told = threading.Event()
    monkeypatch.setattr(Crowd, "be", lambda self, there: there and told.set())
    holders = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in psutil.cpu_count() * "x"]
    try:
        with adapting():
            numbers, end = torch.rand(1 << 22), time.monotonic() + 60
            while not told.is_set() and time.monotonic() < end:
                numbers = numbers.sin()
    finally:
        for holder in holders:
            holder.kill()
            holder.wait()
    assert told.is_set()


def test_importing_the_library_asks_for_nothing():
    code = "import teacache.cli, teacache.runs.generate; from teacache.platform import waiting"
    code += "; print(waiting._adapts)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
