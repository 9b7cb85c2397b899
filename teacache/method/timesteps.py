"""Timesteps as schedulers hold them and as models are given them. Knows nothing of runs or calls."""

from __future__ import annotations

from typing import Any, cast

import torch

Given = frozenset[float]  # the values of a timestep argument


def place_in(schedule: Any, timestep: Any) -> int | None:
    """Index of `timestep` in the schedule, if it is a view of one element of that very tensor; no sync."""
    if not (isinstance(schedule, torch.Tensor) and isinstance(timestep, torch.Tensor)):
        return None
    if schedule.dim() != 1 or timestep.dtype != schedule.dtype:
        return None
    if timestep.untyped_storage().data_ptr() != schedule.untyped_storage().data_ptr():
        return None
    if any(n > 1 and stride for n, stride in zip(timestep.shape, timestep.stride(), strict=True)):
        return None  # several values
    offset = int(timestep.storage_offset()) - int(schedule.storage_offset())
    index, rest = divmod(offset, max(1, int(schedule.stride(0))))
    return index if rest == 0 and 0 <= index < len(schedule) else None


def values_of(timestep: Any) -> Given:
    """Of a timestep argument, each once; waits for the device."""
    if timestep is None:
        return frozenset()
    if isinstance(timestep, torch.Tensor):
        return frozenset(float(t) for t in cast(list[float], timestep.flatten().tolist()))
    return frozenset((float(timestep),))


def values_in(schedule: Any) -> list[float]:
    """Of `scheduler.timesteps`, in order; none where there is no such list."""
    if schedule is None:
        return []
    return [float(t) for t in (schedule.tolist() if hasattr(schedule, "tolist") else schedule)]


def steps_in(values: list[float], scheduler: Any) -> int:
    """How many of the timesteps can be stepped from: with noise levels, a step needs two."""
    levels = getattr(scheduler, "sigmas", None)
    return min(len(values), len(levels) - 1) if levels is not None and len(levels) > 1 else len(values)


def start_in(values: list[float], given: Given | None) -> int:
    """Where a run begins whose scheduler does not say, by the value that the model is given.

    Not at a last timestep of 1: models that are given t / 1000 get that for the first one, 1000.
    """
    value = max(given, default=None) if given else None
    return values.index(value) if value in values and (value > 1 or value != values[-1]) else 0
