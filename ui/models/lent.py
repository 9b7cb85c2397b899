"""The latest uncached runs, for processes that forget theirs: see borrowed.py.

Told apart by what was asked, since the pipeline itself never changes there. Knows requests and runs.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace

from teacache.runs.comparison import Run
from teacache.runs.picture import fingerprint
from teacache.runs.request import Request

MOST = 8  # runs that are kept; the longest unused make room


class Lent:
    """Uncached runs by their request, whatever its threshold; safe to share between threads."""

    def __init__(self) -> None:
        self._runs: OrderedDict[str, Run] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, request: Request) -> Run | None:
        """The run of a request, checked; or None."""
        with self._lock:
            if _key(request) not in self._runs:
                return None
            self._runs.move_to_end(_key(request))
            return self._runs[_key(request)]

    def put(self, request: Request, uncached: Run) -> None:
        """Keep a run of a request, checked."""
        with self._lock:
            self._runs[_key(request)] = uncached
            self._runs.move_to_end(_key(request))
            while len(self._runs) > MOST:
                self._runs.popitem(last=False)


def _key(request: Request) -> str:
    """All that makes the uncached clip, and which tensor was compared meanwhile."""
    plain = replace(request, image=None, probe=False, settings=request.settings.replaced(threshold=0))
    return repr((plain.to_json() | {"settings": request.settings.variant}, fingerprint(request.image)))
