"""Gradio's queue as the door needs it: who waits for the model, and the way out for a run that nobody reads.

Knows the insides of gradio.queueing. Everything here belongs to the server's event loop.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Collection, Iterator
from types import SimpleNamespace
from typing import Any, cast

from gradio import queueing
from gradio.queueing import Event
from starlette.types import Scope


def keep_no_figures() -> None:
    """Before a page gets its queue: Gradio makes a table of its last 10,000 calls after each, for nobody."""
    os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"
    os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(10**9)  # calls between two tables


def count_by_a_steady_clock() -> None:
    """Let Gradio take the seconds of calls, by which it foretells a wait, from a clock that nobody sets."""
    cast(Any, queueing).time = SimpleNamespace(time=time.monotonic, monotonic=time.monotonic)


class Waiting:
    """The calls of one page that are meant for one queue, `name`: those that wait and the one at work."""

    def __init__(self, page: Any, name: str):
        self._queue = page._queue
        self._name = name

    def functions(self) -> Iterator[Any]:
        """The page's functions that wait for each other here."""
        return (fn for fn in self._queue.blocks.fns.values() if fn.concurrency_id == self._name)

    def waiting(self) -> list[Any]:
        """Calls whose turn has not come, in order."""
        calls = self._queue.event_queue_per_concurrency_id.get(self._name)
        return list(calls.queue) if calls else []

    def at_work(self) -> list[Any]:
        """The calls under way."""
        jobs = [event for job in self._queue.active_jobs if job for event in job]
        return [event for event in jobs if event.concurrency_id == self._name]

    def seconds_each(self) -> float | None:
        """How long a call took on average; None before the first one ended."""
        times = [self._queue.process_time_per_fn.get(fn) for fn in self.functions()]
        times = [time for time in times if time is not None and time.count]
        total = sum(time.count for time in times)
        return sum(time.process_time for time in times) / total if total else None

    def session_of(self, event_id: str) -> str:
        """The session that a call belongs to; one that was named by no program has the call's own name."""
        event = self._queue.event_ids_to_events.get(event_id)
        if event:
            return event.session_hash
        unread = self._queue.pending_event_ids_session.items()  # finished, and its answer is still there
        return next((session for session, calls in unread if event_id in calls), event_id)

    def known(self, session: str) -> bool:
        """Whether a session has asked for anything that it could listen to."""
        return session in self._queue.pending_messages_per_session

    def leave(self, event: Any) -> None:
        """Let no stream wait for a call any more: it ends with the last call of its session."""
        self._queue.pending_event_ids_session.get(event.session_hash, set()).discard(event._id)

    def again(self, lost: Any) -> None:
        """Put a call that has ended into the queue once more, under its name.

        The first time where it would stand by now, after that at the end.
        """
        queue, session = self._queue, lost.session_hash
        event: Any = Event(session, lost.fn, lost.request, lost.username)
        event._id, event.data = lost._id, lost.data
        event.came = event.enqueue_time if hasattr(lost, "came") else lost.enqueue_time
        queue.event_ids_to_events[event._id] = event
        if session not in queue.pending_messages_per_session:
            queue.pending_messages_per_session[session] = asyncio.Queue()
        queue.pending_event_ids_session.setdefault(session, set()).add(event._id)
        waiting = queue.event_queue_per_concurrency_id[self._name].queue
        later = (place for place, other in enumerate(waiting) if came(other) > event.came)
        waiting.insert(next(later, len(waiting)), event)
        queue.broadcast_estimations(self._name)

    async def drop(self, event: Any) -> None:
        """End a call: at once if it waits, else before its next step; what it said is forgotten."""
        await self._queue.clean_events(event_id=event._id)
        self._queue.pending_messages_per_session.pop(event.session_hash, None)


def begin_when(page: Any, names: Collection[str], heard: Callable[[Any], bool]) -> None:
    """Let calls of these queues have their turn in the order in which they came, each once it is heard.

    Until then it keeps its place, and those behind it go first. No function of this page is a batch.
    """
    queue = page._queue

    def may_begin(event: Any) -> bool:
        return event.concurrency_id not in names or heard(event)

    def get_events() -> tuple[list[Any], bool, str] | None:
        for line in queue.event_queue_per_concurrency_id.values():
            if line.concurrency_limit is None or line.current_concurrency < line.concurrency_limit:
                event = next((event for event in line.queue if may_begin(event)), None)
                if event is not None:
                    line.queue.remove(event)
                    return [event], False, line.concurrency_id
        return None

    queue.get_events = get_events


def came(event: Any) -> float:
    """When a call came, by a steady clock; of one that `Waiting.again` put back, what it gave it."""
    return getattr(event, "came", event.enqueue_time)


def scope_of(event: Any) -> Scope:
    """The request that a call came with."""
    return event.request.scope


def age(event: Any) -> float:
    """Seconds since a call was put into the queue."""
    return time.monotonic() - event.enqueue_time
