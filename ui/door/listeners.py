"""Who listens to a run. Without a listener no call of the model is made, and whoever returns finds his run.

A run begins once somebody listens: until then it keeps its place, and after the grace it makes room. A run
whose listener leaves ends before its next call, so that the model is free for others. Both are remembered for
a while: a listener may open the stream late, or again, and the run is made after all, the first time where
it would stand by now. As runs repeat bit for bit, and a finished uncached run is lent, nothing is lost but
seconds. Who asks for another run instead has given up what he left.

So the order is that in which runs came, whoever asked; one that nobody listens to yet is passed by.

A listener is an open stream of answers. Knows streams and calls by their session.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from starlette.types import Message, Receive

from ui.gradio_glue.queue import Waiting, age, came

GRACE = 30.0  # seconds from a call to its listener: programs ask first and listen next, and may be slow
AWAY = 60.0  # seconds in which a listener may return
EVERY = 0.25  # seconds between two looks
MOST_LEFT = 40  # calls that are remembered at least; the oldest make room
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Left:
    """A call whose listener left, or has not come."""

    call: Any
    calls: Waiting  # its queue
    begun: bool  # the model was at work on it
    since: float


class Listeners:
    """The open streams by session, and the calls that were left. Belongs to one event loop."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, most: int = MOST_LEFT) -> None:
        """`most`: calls that are remembered."""
        self._clock, self._most = clock, most
        self._open: Counter[str] = Counter()
        self._left: OrderedDict[str, Left] = OrderedDict()  # by the name of the call

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

    def heard(self, call: Any) -> bool:
        """Whether somebody listens to a call."""
        return call.session_hash in self

    def noticing(self, session: str, queues: Collection[Waiting], receive: Receive) -> Receive:
        """A `receive` of a stream that remembers the session's calls when its listener leaves."""

        async def noticed() -> Message:
            message = await receive()
            if message["type"] == "http.disconnect" and self._open[session] <= 1:
                self._remember(session, queues)
            return message

        return noticed

    def _remember(self, session: str, queues: Collection[Waiting]) -> None:
        for calls in queues:
            for call in [*calls.at_work(), *calls.waiting()]:
                if call.session_hash == session and call.alive:
                    self._keep(call, calls)

    def _keep(self, call: Any, calls: Waiting) -> None:
        left = Left(call, calls, call in calls.at_work(), self._clock())
        self._left[left.call._id] = left
        left.calls.leave(left.call)
        while len(self._left) > self._most:
            self._left.popitem(last=False)

    def session_of(self, name: str) -> str:
        """The session of a call that was left; the name itself where there is none."""
        left = self._left.get(name)
        return left.call.session_hash if left else name

    def left_by(self, session: str) -> list[Left]:
        """The calls that the listener of a session left behind, in the order in which they came."""
        calls = [left for left in self._left.values() if left.call.session_hash == session]
        return sorted(calls, key=lambda left: came(left.call))

    def give_up(self, session: str) -> None:
        """A session asks for something new: what it left is not made again."""
        for left in self.left_by(session):
            del self._left[left.call._id]

    async def resume(self, calls: Collection[Left]) -> None:
        """Make calls again that were left, now that their listener is back."""
        for left in calls:
            self._left.pop(left.call._id, None)
            while left.call in left.calls.at_work():  # it ends with its call of the model
                await asyncio.sleep(EVERY / 5)
            left.calls.again(left.call)
            _log.info("a listener is back, and his run is made again")

    async def end_unread(self, calls: Waiting) -> None:
        """End every call that has had no listener by the end of its grace: one that comes yet has it made."""
        for event in [*calls.at_work(), *calls.waiting()]:
            if event.alive and not self.heard(event) and age(event) > GRACE:
                _log.info("a run is ended that nobody listens to")
                self._keep(event, calls)
                await calls.drop(event)

    def forget(self) -> None:
        """Forget what was left too long ago."""
        for name in [name for name, left in self._left.items() if self._clock() - left.since > AWAY]:
            del self._left[name]

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
                self.forget()
                for calls in queues:
                    await self.end_unread(calls)
            except Exception:
                _log.exception("unread runs could not be ended")
