"""One clip at a time: a pipeline that runs in one thread is refused to every other.

Its scheduler and what is kept between two calls belong to one clip. Knows threads; nothing of pipelines.
"""

from __future__ import annotations

from threading import get_ident
from typing import Any

from teacache.errors import AttachError


class Turn:
    """Which thread has a pipeline now."""

    def __init__(self) -> None:
        self._held: dict[str, int] = {}  # a dict, since `setdefault` is one step for all threads

    def begin(self, *_args: Any, **_named: Any) -> None:
        """This thread has it. Raises AttachError while another one does."""
        if self._held.setdefault("by", get_ident()) != get_ident():
            raise AttachError(
                "this pipeline is making a clip in another thread, and with TeaCache it makes one at a time:"
                " wait for that one, or load the pipeline once more for the second thread."
            )

    def end(self) -> None:
        """Nobody has it."""
        self._held.clear()
