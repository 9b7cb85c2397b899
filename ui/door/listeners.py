"""Who listens to a run. One that nobody reads holds the model for nobody: it is ended.

A listener is an open stream of answers. Knows streams and calls by their session.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterator

from ui.gradio_glue.queue import Waiting, age

GRACE = 5.0  # seconds from a call to its listener: programs ask first and listen next
EVERY = 0.25  # seconds between two looks
_log = logging.getLogger(__name__)


class Listeners:
    """The open streams by session. Belongs to one event loop."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    @contextlib.contextmanager
    def listening(self, session: str) -> Iterator[None]:
        """A stream is open inside."""
        self._open[session] += 1
        try:
            yield
        finally:
            self._open[session] -= 1
            self._open += Counter()  # forgets what is zero

    def __contains__(self, session: str) -> bool:
        return session in self._open

    async def end_unread(self, calls: Waiting, grace: float = GRACE) -> None:
        """End every call that has had no listener by the end of its grace."""
        for event in [*calls.at_work(), *calls.waiting()]:
            if event.alive and event.session_hash not in self and age(event) > grace:
                _log.info("a run is ended that nobody listens to")
                await calls.drop(event)

    @contextlib.asynccontextmanager
    async def on_the_watch(self, queues: Collection[Waiting]) -> AsyncIterator[None]:
        """Unread calls of these queues are ended inside."""
        watch = asyncio.create_task(self._watch(queues))
        try:
            yield
        finally:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)

    async def _watch(self, queues: Collection[Waiting]) -> None:
        while True:
            await asyncio.sleep(EVERY)
            try:
                for calls in queues:
                    await self.end_unread(calls)
            except Exception:
                _log.exception("unread runs could not be ended")
