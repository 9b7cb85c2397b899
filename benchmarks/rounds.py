"""Kinds of runs of one pipeline that take turns, so that a slow minute counts for all; and their medians.

Knows TeaCache and a function that runs the pipeline; nothing of models. Seconds are wall time of the whole
run; where there is an accelerator its queue is empty before the clock starts and before it stops.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import torch

from teacache.method.cache import TeaCache
from teacache.method.gate import Settings
from teacache.method.trace import StepRecord, Trace

OFF = Settings(threshold=0)
Kinds = dict[str, Settings | None]  # None is the untouched pipeline


@dataclass
class Rounds:
    """What was measured of each kind, run by run."""

    pipe: Any
    call: Callable[[], None]
    seconds: dict[str, list[float]] = field(default_factory=dict)
    traces: dict[str, list[Trace]] = field(default_factory=dict)
    peaks: dict[str, list[int]] = field(default_factory=dict)  # bytes on the accelerator, where there is one

    def run(self, name: str, settings: Settings | None) -> None:
        """One run, timed."""
        self._wait()
        cuda = torch.cuda.is_available()
        if cuda:
            torch.cuda.reset_peak_memory_stats()
        start = time.perf_counter()
        trace = self._timed(settings)
        seconds = time.perf_counter() - start
        if cuda:
            self.peaks.setdefault(name, []).append(torch.cuda.max_memory_allocated())
        self.add(name, seconds, trace() if trace is not None else None)

    def add(self, name: str, seconds: float, trace: Trace | None) -> None:
        """What one run gave."""
        self.seconds.setdefault(name, []).append(seconds)
        if trace is not None:
            self.traces.setdefault(name, []).append(trace)

    def _timed(self, settings: Settings | None) -> Callable[[], Trace] | None:
        if settings is None:
            self._call()
            return None
        with TeaCache(self.pipe, settings=settings) as cache:
            self._call()
        return lambda: cache.trace  # read back after the clock has stopped

    @torch.no_grad()
    def _call(self) -> None:
        self.call()
        self._wait()

    def _wait(self) -> None:
        if torch.cuda.is_available():
            torch.cuda.synchronize()

    def once(self, kinds: Kinds) -> None:
        """Every kind once."""
        for name, settings in kinds.items():
            self.run(name, settings)

    def forget(self) -> None:
        """Throw away what was measured so far: it warmed things up."""
        for measured in (self.seconds, self.traces, self.peaks):
            measured.clear()

    def middle(self, name: str) -> float:
        """Median seconds of a kind."""
        return median(self.seconds[name])

    def ratio(self, one: str, other: str) -> float:
        """Median ratio of the seconds of two kinds, pair by pair."""
        return median(a / b for a, b in zip(self.seconds[one], self.seconds[other], strict=True))

    def records(self, names: Sequence[str], *, computed: bool) -> list[StepRecord]:
        """Calls of all repeats of some kinds, without the first call of each run."""
        traces = [trace for name in names for trace in self.traces[name]]
        return [record for trace in traces for record in trace.records[1:] if record.computed == computed]

    def spread(self, name: str) -> str:
        """Smallest and largest seconds of a kind, for a note."""
        values = self.seconds[name]
        return f"{min(values):.3f} to {max(values):.3f} s, {len(values)} repeats"
