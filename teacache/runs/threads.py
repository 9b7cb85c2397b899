"""Gives back the OpenMP threads that an idle thread keeps, so that a run in another thread is not slowed.

PyTorch on a CPU works with one pool of OpenMP threads for every thread that ever used it. GNU's OpenMP lets
a pool wait awake between two operations only while all pools together have no more threads than the machine
has cores; beyond that every operation begins with waking sleepers. A pipeline loaded in one thread and run in
another was half as slow again. Knows OpenMP; nothing of models.
"""

from __future__ import annotations

import ctypes

SOFT = 1  # omp_pause_soft: threads go, settings stay (OpenMP 5.0, section 3.2.44)


def give_back() -> None:
    """End the calling thread's pool, if its OpenMP can; the next operation makes a new one."""
    try:
        pause = ctypes.CDLL(None).omp_pause_resource_all  # of the library that torch brought
    except (AttributeError, OSError, TypeError):  # none, or a system whose libraries cannot be asked
        return
    pause(SOFT)
