"""What a program decides for its whole process, best before torch is imported; importing never does."""

from __future__ import annotations

from teacache.platform import heap, waiting


def settle() -> None:
    """Keep freed memory for the next step, and let waiting threads sleep while others need the cores."""
    heap.keep()
    waiting.adapt()
