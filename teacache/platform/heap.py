"""How freed memory is kept for the next step, in a process that runs models on a CPU.

Every step of a run takes and frees the same tens of megabytes. GNU's C library gives them back to the system
and fetches them again, page by page, whenever what it learnt in the first steps happens to be too small (in
some processes 15,800 page faults a step of the embedded model, 78 ms instead of 58); and each new thread gets
a heap of its own, which shares nothing with the others, so that the peak of a run wanders by some 8 %. Knows
malloc; nothing of models or threads.
"""

from __future__ import annotations

from teacache.platform.native import native

MIB = 1 << 20
# mallopt(3): numbers of its parameters in glibc's malloc.h, and the values that hold steady.
SETTINGS = {
    -8: 1,  # M_ARENA_MAX: one heap for all threads
    -3: 32 * MIB,  # M_MMAP_THRESHOLD, the highest that every glibc allows: larger pieces go back at once
    -1: 128 * MIB,  # M_TRIM_THRESHOLD: so much free memory at the end of the heap stays
}


def keep() -> bool:
    """Settle it for the whole process, best before torch is imported; whether the C library took it.

    A program's own decision: importing `teacache` never does this. False, and nothing is changed, where the
    C library is not GNU's.
    """
    mallopt = native("mallopt")
    return mallopt is not None and all(mallopt(parameter, value) for parameter, value in SETTINGS.items())


def trim() -> None:
    """Let the system have all free memory, also what lies below a piece in use: between two models."""
    malloc_trim = native("malloc_trim")
    if malloc_trim is not None:
        malloc_trim(0)
