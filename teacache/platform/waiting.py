"""How OpenMP's threads wait between two operations: awake while the cores are ours, asleep once they are not.

GNU's OpenMP lets a thread that waits for the others spin for milliseconds. Nothing is faster on a machine of
one's own; but beside a process that holds a core, threads spin on the very cores that those they wait for
need, and a run takes four to thirty times as long. The spinning ends after a hundred rounds while all pools
together have more threads than the machine has cores (libgomp/env.c, gomp_throttled_spin_count_var). So an
idle pool more is a switch that works in the middle of a run, and leaves every number the same bit for bit,
since the run's own pool is as large as before. When to throw it the kernel tells: how long threads of this
process were ready to run and had no core (Linux, Documentation/scheduler/sched-stats.rst).

Knows OpenMP and Linux; nothing of models. Elsewhere it does nothing.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from teacache.platform.native import native
from teacache.platform.threads import give_back

PERIOD = 0.1  # seconds between two looks
TASKS = "/proc/self/task"
SPLIT = 1 << 18  # numbers enough for an operation to be split among a pool's threads

_adapts = False


def adapt() -> None:
    """Let the waiting of this process's runs adapt from now on.

    A program's own decision: importing `teacache` never does this.
    """
    global _adapts
    _adapts = True


@dataclass
class Switch:
    """Whether waiting threads should sleep, judged by how long threads had no core.

    Measured on two cores, in seconds without a core per second: up to 0.2 alone, 0.2 to 0.35 beside a browser
    (where waiting awake is still the faster way), from 0.43 up beside a process that holds a core.
    """

    taken: float = 0.42  # from here on somebody holds a core
    calm: float = 0.38  # below it nobody does
    quick: int = 2  # looks in a row until it is believed that somebody does,
    slow: int = 5  # and that nobody does any more
    asleep: bool = False
    _against: int = 0  # looks in a row that speak against how it stands

    def see(self, without_core: float) -> bool:
        """Whether to sleep, after one more look."""
        against = without_core < self.calm if self.asleep else without_core >= self.taken
        self._against = self._against + 1 if against else 0
        if self._against >= (self.slow if self.asleep else self.quick):
            self.asleep, self._against = not self.asleep, 0
        return self.asleep


@contextmanager
def adapting() -> Iterator[None]:
    """Look after the waiting of what is run inside; nothing where the program did not ask for it."""
    if not _adapts or not _without_core() or pools_needed() == 0:
        yield
        return
    end = threading.Event()
    watch = threading.Thread(target=_watch, args=(end,), name="teacache-waiting", daemon=True)
    watch.start()
    try:
        yield
    finally:
        end.set()
        watch.join()


def pools_needed() -> int:
    """Idle pools beside the run's own that make more threads than cores; 0 where nothing waits or can."""
    from torch import get_num_threads  # only now: a page asks for adapting before it has loaded torch

    own, cores = get_num_threads(), len(os.sched_getaffinity(0))
    if own < 2 or native("omp_pause_resource_all") is None:
        return 0
    return max(0, cores - own) // (own - 1) + 1


def _watch(end: threading.Event) -> None:
    switch, crowd = Switch(), Crowd()
    before, since = _without_core(), time.perf_counter()
    try:
        while not end.wait(PERIOD):
            waited, now = _without_core(), time.perf_counter()
            news = sum(seconds - before[task] for task, seconds in waited.items() if task in before)
            crowd.be(switch.see(news / (now - since)))
            before, since = waited, now
    finally:
        crowd.be(False)


class Crowd:
    """Idle pools of OpenMP threads, each with a thread that owns it."""

    def __init__(self) -> None:
        self._leave: threading.Event | None = None

    def be(self, there: bool) -> None:
        """Have them, or have none; the same again changes nothing."""
        if there and self._leave is None:
            self._leave = threading.Event()
            for _ in range(pools_needed()):
                threading.Thread(target=self._own, args=(self._leave,), daemon=True).start()
        elif not there and self._leave is not None:
            self._leave.set()
            self._leave = None

    def _own(self, leave: threading.Event) -> None:
        from torch import zeros

        zeros(SPLIT).add_(1)  # a pool is made by the first operation that is split
        leave.wait()
        give_back()


def _without_core() -> dict[str, float]:
    """Seconds that each thread of this process has been waiting for a core; nothing where that is unknown."""
    waited: dict[str, float] = {}
    for task in os.listdir(TASKS) if os.path.isdir(TASKS) else ():
        with suppress(OSError), open(f"{TASKS}/{task}/schedstat", encoding="ascii") as file:
            waited[task] = int(file.read().split()[1]) / 1e9  # a thread that has ended since is left out
    return waited
