"""Who makes the runs of a sweep: this process, or the workers of a cluster (cluster.py), by one interface.

Knows pipelines; knows no folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from teacache.method.settings import Settings
from teacache.method.trace import Trace
from teacache.models.catalog import Card
from teacache.study.collection import Reference
from teacache.study.sweep.plan import Level, Unit, levels_for_budgets, runnable
from teacache.study.sweep.work import Done, work

Find = Callable[[Unit], Reference | None]  # the uncached run of a unit, where it was kept


class Hands(Protocol):
    """Makes runs."""

    card: Card

    def methods(self, steps: int) -> tuple[str, ...]:
        """The names of the methods that run on this model with so many steps."""
        ...

    def levels(
        self, names: Sequence[str], budgets: Sequence[int], steps: int, traces: Sequence[Trace], own: Settings
    ) -> tuple[Level, ...]:
        """As `plan.levels_for_budgets`, with TeaCache at its `own` settings."""
        ...

    def work(self, units: Sequence[Unit], own: Settings, find: Find) -> Iterator[Done]:
        """Make all runs of these units, in any order; each is given out as soon as it is there."""
        ...


class InProcess:
    """One pipeline, one run after the other."""

    def __init__(self, pipe: Any):
        self.pipe, self.card = pipe, pipe.teacache_card

    def methods(self, steps: int) -> tuple[str, ...]:
        """The names of the methods that run on this model with so many steps."""
        return runnable(self.pipe, steps)

    def levels(
        self, names: Sequence[str], budgets: Sequence[int], steps: int, traces: Sequence[Trace], own: Settings
    ) -> tuple[Level, ...]:
        """As `plan.levels_for_budgets`, with TeaCache at its `own` settings."""
        self.pipe.teacache_settings = own
        return levels_for_budgets(self.pipe, names, budgets, steps, traces)

    def work(self, units: Sequence[Unit], own: Settings, find: Find) -> Iterator[Done]:
        """Make all runs of these units, unit by unit."""
        for unit in units:
            yield from work(self.pipe, unit, own, find(unit))
