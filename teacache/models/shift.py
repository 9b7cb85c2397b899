"""The shift of a scheduler of flows, which says how a run's steps lie along the noise."""

from __future__ import annotations

from typing import Any


def set_shift(pipe: Any, shift: float) -> bool:
    """Give the pipeline the same scheduler with another shift; False where its scheduler has none."""
    config = pipe.scheduler.config
    name = next((name for name in ("flow_shift", "shift") if name in config), None)
    if name is not None:
        pipe.scheduler = type(pipe.scheduler).from_config(config, **{name: shift})
    return name is not None
