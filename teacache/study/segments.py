"""What can follow a computed call, at whatever threshold. Knows decisions; knows no trace and no gate."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from teacache.method.gate import Decision, Reason

_WEIGHED = ("below_threshold", "max_reuses")  # of a gate whose threshold no sum reaches


class Stop(NamedTuple):
    """A computed call of a line, or the line's end."""

    at: int
    reason: Reason  # of the end, which is no call: "off"
    high: float  # up to this threshold it comes next


class Segment:
    """What can follow a computed call: sums that a threshold may stop at, rising, and where it ends anyway.

    After a computed call the gate's state is always the same, so what follows depends on the threshold alone,
    and only through the first sum that reaches it. The sums come from a gate that is let to reuse all it may;
    they are asked for only as far as a threshold needs them.
    """

    def __init__(self, decisions: Iterator[tuple[int, Decision]], end: int):
        self._decisions = decisions
        self._sums: list[float] = []
        self._calls: list[int] = []
        self.weighed: dict[int, float] = {}  # call -> what was accumulated there
        self._forced: Stop | None = None
        self._end = Stop(end, "off", math.inf)

    def follow(self, threshold: float) -> Stop:
        """The next computed call."""
        while self._forced is None and not (self._sums and self._sums[-1] >= threshold):
            self._advance()
        rank = bisect_left(self._sums, threshold)
        if rank < len(self._sums) or self._forced is None:
            return Stop(self._calls[rank], "threshold", self._sums[rank])
        return self._forced

    def _advance(self) -> None:
        following = next(self._decisions, None)
        if following is None:
            self._forced = self._end
            return
        at, decision = following
        self.weighed[at] = decision.accumulated if decision.reason in _WEIGHED else 0.0
        if decision.computed:
            self._forced = Stop(at, decision.reason, math.inf)
        if decision.accumulated > (self._sums[-1] if self._sums else 0.0):
            self._sums.append(decision.accumulated)
            self._calls.append(at)
