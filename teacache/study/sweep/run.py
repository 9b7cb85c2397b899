"""Runs what is missing of a sweep, and keeps it: rows, files, and the table at least once a minute.

Knows who makes the runs only by their interface (hands.py).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from teacache.errors import RequestError
from teacache.method.trace import Trace
from teacache.study.collect import Report, Setup
from teacache.study.sweep.hands import Hands
from teacache.study.sweep.plan import Plan, Unit
from teacache.study.sweep.rows import Row
from teacache.study.sweep.store import Store

EVERY = 60.0  # seconds between two writings of the table


def sweep(
    hands: Hands,
    plan: Plan,
    store: Store,
    *,
    about: dict[str, Any] | None = None,
    report: Report = lambda done, total: None,
) -> list[Row]:
    """Make the rows of a plan that the store lacks; all of its rows, in the plan's order.

    Raises RequestError for a model of sounds, or a folder that holds another sweep.
    """
    _refuse_sounds(hands)
    collection = plan.setup.collection(hands.card)
    with store.writing():
        store.begin(plan.to_json() | (about or {}))
        keys = plan.keys(hands.card)
        rows = {row.key: row for row in store.rows()}
        units = plan.units(hands.card, rows)
        report(sum(key in rows for key in keys), len(keys))
        table = _Table(store, keys, rows)
        try:
            for done in hands.work(units, plan.settings, lambda unit: collection.reference(unit.request)):
                if done.reference is not None:
                    collection.keep_reference(done.unit.request, done.reference)
                if done.row.key not in rows:
                    store.add(done.row, done.trace, done.clip)
                    rows[done.row.key] = done.row
                    report(sum(key in rows for key in keys), len(keys))
                table.now_and_then()
        finally:
            table.write()
    return [rows[key] for key in keys]


def calibration_traces(
    hands: Hands, setup: Setup, prompts: Sequence[str], *, report: Report = lambda done, total: None
) -> list[Trace]:
    """The traces of uncached runs of the calibration prompts, those on disk not run again."""
    collection = setup.collection(hands.card)
    requests = setup.calibration(hands.card, prompts)
    missing = collection.missing(requests)
    units = [Unit(index=0, request=request, levels=()) for request in missing]
    report(len(requests) - len(missing), len(requests))
    for number, done in enumerate(hands.work(units, hands.card.settings(), lambda unit: None), 1):
        if done.reference is not None:  # none was at hand, so that each brings its own
            collection.keep_reference(done.unit.request, done.reference)
        report(len(requests) - len(missing) + number, len(requests))
    traces = (collection.trace(request) for request in requests)
    return [trace for trace in traces if trace is not None]


def _refuse_sounds(hands: Hands) -> None:
    if hands.card.seconds is not None:
        raise RequestError(
            "A sweep judges clips by PSNR and SSIM, but {title} makes sounds: choose a model of pictures.",
            title=hands.card.title,
        )


class _Table:
    """The table on disk, which follows the rows."""

    def __init__(self, store: Store, keys: Sequence[str], rows: dict[str, Row]):
        self.store, self.keys, self.known, self.written = store, keys, rows, time.monotonic()

    def now_and_then(self, clock: Callable[[], float] = time.monotonic) -> None:
        if clock() - self.written >= EVERY:
            self.write()

    def write(self) -> None:
        """All rows that are known, those of the plan in its order, then those of earlier plans."""
        ordered = [*(key for key in self.keys if key in self.known), *self.known]
        self.store.write_table([self.known[key] for key in dict.fromkeys(ordered)])
        self.written = time.monotonic()
