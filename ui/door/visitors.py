"""Who is who, and how much of the model each may ask for.

A visitor is an address; programs on this machine itself are told apart by their sessions. Knows nothing of
calls: whoever asks tells what waits already.
"""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence

from starlette.datastructures import Headers
from starlette.types import Scope

from teacache.errors import RequestError

HOUR = 3600.0  # seconds
MOST_KNOWN = 10_000  # visitors remembered; the longest unseen make room


def visitor(scope: Scope, session: str, *, behind_proxy: bool) -> str:
    """The name of whoever sent a request."""
    address = _told_by_proxy(scope) if behind_proxy else ""
    address = address or (scope.get("client") or ("",))[0]
    return session if _is_here(address) and session else address


def _told_by_proxy(scope: Scope) -> str:
    """The last public address of X-Forwarded-For: what stands before it, a visitor may have made up."""
    lines = Headers(scope=scope).getlist("x-forwarded-for")
    named = [word.strip() for line in lines for word in line.split(",")]
    return next((word for word in reversed(named) if _is_public(word)), "")


def _is_public(word: str) -> bool:
    try:
        return ipaddress.ip_address(word).is_global
    except ValueError:
        return False


def _is_here(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return True  # a test's client has no address


class Hourly:
    """How often each visitor did something within the last hour."""

    def __init__(self, most: int | None, clock: Callable[[], float] = time.monotonic):
        """`most`: None counts nothing."""
        self._most = most
        self._clock = clock
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()

    def count(self, who: str) -> None:
        """Count once more. Raises RequestError, one sentence, where that is too often."""
        if self._most is None:
            return
        now, times = self._clock(), self._seen.setdefault(who, deque())
        self._seen.move_to_end(who)
        while times and now - times[0] > HOUR:
            times.popleft()
        if len(times) >= self._most:
            raise RequestError(
                "You have had your {most} of this hour: come back in {minutes} minutes.",
                most=self._most,
                minutes=max(1, round((HOUR - (now - times[0])) / 60)),
            )
        times.append(now)
        while len(self._seen) > MOST_KNOWN:
            self._seen.popitem(last=False)


def refuse_crowd(
    who: str, waiting: Sequence[str], *, most: int, most_each: int, seconds: float | None
) -> None:
    """Raise RequestError, with the place and the wait, if no more may wait. `waiting`: whose runs."""
    if waiting.count(who) >= most_each:
        raise RequestError(
            "{count} of your runs are waiting already: stop one, or press Run again when one has ended.",
            count=waiting.count(who),
        )
    if len(waiting) < most:
        return
    if seconds is None:
        raise RequestError(
            "{count} runs are waiting for the model, and no more can: watch a recorded one meanwhile, and "
            "press Run again later.",
            count=len(waiting),
        )
    raise RequestError(
        "{count} runs are waiting for the model, some {minutes} minutes, and no more can: watch a recorded "
        "one meanwhile, and press Run again later.",
        count=len(waiting),
        minutes=max(1, round(len(waiting) * seconds / 60)),
    )
