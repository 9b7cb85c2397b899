"""Keeps one record per call; distances stay on the device until somebody reads them.

Knows tensors only as numbers that are not known yet; nothing of models or decisions.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import Any

import torch

from teacache.method.clock import Tick
from teacache.method.gate import Decision
from teacache.method.settings import Settings
from teacache.method.trace import StepRecord

Measured = dict[str, torch.Tensor | None]


class Stopwatch:
    """Adds up time without waiting for the device: stream events on CUDA, the wall clock elsewhere."""

    def __init__(self, device: torch.device):
        self._events = device.type == "cuda"
        self._spans: list[tuple[Any, Any]] = []

    def now(self) -> float | torch.cuda.Event:
        """A point in time on the device's own timeline."""
        if not self._events:
            return time.perf_counter()
        event = torch.cuda.Event(enable_timing=True)
        event.record()
        return event

    def add(self, start: float | torch.cuda.Event) -> None:
        """Count the span from `start` until now."""
        self._spans.append((start, self.now()))

    def seconds(self) -> float:
        """The sum of the spans. Waits for the device, where there is one."""
        if not self._events:
            return sum((end - start for start, end in self._spans), 0.0)
        for _, end in self._spans:
            end.synchronize()
        return sum(start.elapsed_time(end) for start, end in self._spans) / 1000  # milliseconds


@dataclass
class Pending:
    """A call whose numbers may still be on the device."""

    tick: Tick
    decision: Decision
    settings: Settings
    transformer: str
    total: Stopwatch  # the whole call
    overhead: Stopwatch  # measuring, deciding and recording
    moving: Stopwatch  # what is kept, to the device that keeps it and back
    measured: Measured = field(default_factory=dict)  # indicator, latent, embedding, output
    output_exact: bool = False

    def resolve(self) -> StepRecord:
        """Read everything back (a host sync on an accelerator)."""
        number = {name: _finite(value) for name, value in self.measured.items()}
        distance = self.decision.distance if self.decision.distance is not None else number.get("indicator")
        distance = _finite(distance)
        estimated = self.decision.estimated
        if estimated is None and distance is not None:
            estimated = self.settings.estimate(distance)
        output = number.get("output")
        return StepRecord(
            call=self.tick.call,
            run=self.tick.run,
            step=self.tick.steps_before + self.tick.step,
            timestep=self.tick.timestep,
            branch=self.tick.branch,
            window=self.tick.window,
            transformer=self.transformer,
            indicator_distance=distance,
            latent_distance=number.get("latent"),
            embedding_distance=number.get("embedding"),
            estimated_distance=_finite(estimated),
            accumulated_distance=self.decision.accumulated,
            computed=self.decision.computed,
            reason=self.decision.reason,
            output_distance=output,
            output_distance_exact=self.output_exact and output is not None,
            seconds=self.total.seconds(),
            decision_seconds=self.overhead.seconds(),
            moving_seconds=self.moving.seconds(),
        )


class Recorder:
    """The calls of every clip, each read back from the device at most once."""

    def __init__(self) -> None:
        self._clips: list[list[Pending | StepRecord]] = []

    @property
    def clips(self) -> int:
        """How many there are, the present one included."""
        return len(self._clips)

    def begin(self, clip: int) -> None:
        """Record this clip (1-based) from now on; the same one again changes nothing."""
        if clip > len(self._clips):
            self._clips.append([])

    def add(self, call: Pending) -> None:
        """Record a finished call."""
        self._clips[-1].append(call)

    def last(self) -> StepRecord:
        """The newest call, resolved."""
        return _resolved(self._clips[-1], -1)

    def records(self, clip: int) -> tuple[StepRecord, ...]:
        """All calls of a clip (1-based), resolved."""
        calls = self._clips[clip - 1]
        return tuple(_resolved(calls, i) for i in range(len(calls)))


def _resolved(calls: list[Pending | StepRecord], index: int) -> StepRecord:
    call = calls[index]
    if isinstance(call, Pending):
        call = calls[index] = call.resolve()
    return call


def _finite(value: torch.Tensor | float | None) -> float | None:
    """The number as a float; None where there is none or it is not finite (JSON has no infinity)."""
    if value is None:
        return None
    number = float(value)
    return number if math.isfinite(number) else None
