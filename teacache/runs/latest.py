"""The values that were used last, by key, as many as there is room for. Knows nothing of runs."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Latest(Generic[Key, Value]):
    """A bounded mapping, safe to share between threads; the longest unused values make room.

    The latest value is kept whatever it weighs.
    """

    def __init__(
        self, most: int, *, most_weight: float = float("inf"), weigh: Callable[[Value], float] | None = None
    ):
        """`most` values, and of so much weight together; `weigh`: of a value, by default nothing."""
        self._most, self._most_weight = most, most_weight
        self._weigh: Callable[[Value], float] = weigh or (lambda value: 0)
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Value | None:
        """The value, which is then the latest; None where there is none of that key any more."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key]

    def put(self, key: Key, value: Value) -> None:
        """Keep a value as the latest."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > 1 and self._too_much():
                self._values.popitem(last=False)

    def __len__(self) -> int:
        return len(self._values)

    def _too_much(self) -> bool:
        return (
            len(self._values) > self._most or sum(map(self._weigh, self._values.values())) > self._most_weight
        )
