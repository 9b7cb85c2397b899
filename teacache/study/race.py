"""Any choice of methods beside TeaCache, each at the share of FLOPs that TeaCache computed, from one noise.

TeaCache runs again as the first of them, so that all seconds are of one hour and all shares counted alike.
Knows pipelines and methods; knows no page.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, TypeVar

from teacache.runs.adapters import checked
from teacache.runs.comparison import Fidelity, Run, SoundFidelity
from teacache.runs.events import Called, Event, Started
from teacache.runs.fidelity import judging
from teacache.runs.request import Checked, Request
from teacache.study.clips import sampling
from teacache.study.methods import METHODS, Cost, Values, at_share, cost, refuse

OURS = "teacache"
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, eq=False)
class Raced:
    """One method's run, judged against the uncached clip."""

    name: str  # in METHODS
    values: Values  # of its knobs
    cost: Cost
    fidelity: Fidelity | SoundFidelity
    run: Run


@dataclass(frozen=True, kw_only=True)
class Under:
    """A run under way: whose, which try, and the share of each call so far."""

    name: str  # in METHODS, or "uncached"
    attempt: int = 1
    calls: int = 0
    shares: tuple[float, ...] = ()


def race(
    pipe: Any, request: Request, names: Sequence[str], *, uncached: Run | None = None
) -> Iterator[Raced | Under]:
    """Run TeaCache by the request's settings, then every method of `names` at the same share of FLOPs.

    Yields an Under at every call and once a second: closed there, it stops before the next call. `uncached`
    is run first where it is not given. Raises RequestError at once for what cannot be run here.
    """
    request = checked(pipe, request)
    refuse(pipe, names, request.steps)
    return _racing(pipe, request, [name for name in names if name != OURS], uncached)


def _racing(
    pipe: Any, request: Checked, names: Sequence[str], uncached: Run | None
) -> Iterator[Raced | Under]:
    if uncached is None:
        news = _News("uncached")
        uncached = yield from news.told(sampling(pipe, request, watch=news.hear))
    news = _News(OURS)
    run = yield from news.told(sampling(pipe, request, request.settings, metered=True, watch=news.hear))
    ours = yield from _raced(pipe, request, OURS, {"threshold": request.settings.threshold}, run, uncached)
    yield ours
    for name in names:
        news = _News(name)
        tries = at_share(METHODS[name], pipe, request, uncached.trace, ours.cost.share, watch=news.hear)
        values, run = yield from news.told(tries)
        yield (yield from _raced(pipe, request, name, values, run, uncached))


def _raced(
    pipe: Any, request: Checked, name: str, values: Values, run: Run, uncached: Run
) -> Generator[Under, None, Raced]:
    fidelity = yield from judging(run, uncached, sign=lambda: Under(name=name))
    spent = cost(pipe, request, run)
    return Raced(name=name, values=dict(values), cost=spent, fidelity=fidelity, run=run)


class _News:
    """What is known of the runs of one method, as they are made."""

    def __init__(self, name: str):
        self.under = Under(name=name, attempt=0)

    def hear(self, event: Event) -> None:
        now = self.under
        if isinstance(event, Started):
            self.under = Under(name=now.name, attempt=now.attempt + 1, calls=event.calls)
        elif isinstance(event, Called) and event.share is not None:
            shares = (*now.shares, event.share)
            self.under = Under(name=now.name, attempt=now.attempt, calls=now.calls, shares=shares)

    def told(self, steps: Generator[None, None, T]) -> Generator[Under, None, T]:
        """What a generator returns, with the news at each of its pauses."""
        with closing(steps):
            while True:
                try:
                    next(steps)
                except StopIteration as end:
                    return end.value
                yield self.under
