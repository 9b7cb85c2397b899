"""Work beside the thread that waits for it, and the OpenMP threads that an idle thread would keep from it.

PyTorch on a CPU works with one pool of OpenMP threads for every thread that ever used it. GNU's OpenMP lets
a pool wait awake between two operations only while all pools together have no more threads than the machine
has cores; beyond that every operation begins with waking sleepers. A pipeline loaded in one thread and run in
another was half as slow again. Knows OpenMP; nothing of models.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any, TypeVar

from teacache.errors import Cancelled
from teacache.platform.native import native

BEAT = 1.0  # seconds without news after which a sign of life is given, so that whoever waits can stop
Result = TypeVar("Result")
SOFT = 1  # omp_pause_soft: threads go, settings stay (OpenMP 5.0, section 3.2.44)


def give_back() -> None:
    """End the calling thread's pool, if its OpenMP can; the next operation makes a new one."""
    pause = native("omp_pause_resource_all")  # of the library that torch brought
    if pause is not None:
        pause(SOFT)


def beside(
    work: Callable[[Callable[[], None]], Result],
    *,
    sign: Callable[[], Any] = lambda: None,
    beat: float = BEAT,
) -> Generator[Any, None, Result]:
    """Do `work` in a thread of its own and return what it returns; yields a `sign()` every `beat` seconds.

    `work` is given a function to call wherever it can be left: once this generator is closed, that raises
    Cancelled. Work that never calls it is waited for. What it raises is raised here.
    """
    stop = threading.Event()

    def check() -> None:
        if stop.is_set():
            raise Cancelled("The run was stopped on request.")

    give_back()
    with ThreadPoolExecutor(1, "teacache-beside") as worker:
        done = worker.submit(work, check)
        try:
            while not wait([done], beat).done:
                yield sign()
            return done.result()
        finally:
            stop.set()
