"""The latest uncached runs, for processes that forget theirs: see borrowed.py.

Told apart by what was asked, since the pipeline itself never changes there. Knows requests and runs.
"""

from __future__ import annotations

from dataclasses import replace

from teacache.runs.comparison import Run
from teacache.runs.latest import Latest
from teacache.runs.picture import fingerprint
from teacache.runs.request import Request

MOST = 8  # runs that are kept; the longest unused make room


class Lent:
    """Uncached runs by their request, whatever its threshold; safe to share between threads."""

    def __init__(self) -> None:
        self._runs: Latest[str, Run] = Latest(MOST)

    def get(self, request: Request) -> Run | None:
        """The run of a request, checked; or None."""
        return self._runs.get(_key(request))

    def put(self, request: Request, uncached: Run) -> None:
        """Keep a run of a request, checked."""
        self._runs.put(_key(request), uncached)


def _key(request: Request) -> str:
    """All that makes the uncached clip, and which tensor was compared meanwhile."""
    plain = replace(request, image=None, probe=False, settings=request.settings.replaced(threshold=0))
    return repr((plain.to_json() | {"settings": request.settings.variant}, fingerprint(request.image)))
