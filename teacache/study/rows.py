"""The arguments and residuals of several states as rows of one call, and apart again."""

from __future__ import annotations

from typing import Any

import torch

from teacache.study.puppet import Residuals


def repeated(value: Any, rows: int, count: int) -> Any:
    """An argument of one state's call for `count` states: once more for each where it has a row per row."""
    if count == 1 or not isinstance(value, torch.Tensor) or value.dim() == 0 or len(value) != rows:
        return value
    return torch.cat([value] * count)


def joined(residuals: list[Residuals]) -> Residuals:
    """Residuals of one call each as those of one call."""
    if len(residuals) == 1:
        return residuals[0]
    return {stream: torch.cat([own[stream] for own in residuals]) for stream in residuals[0]}


def parts(residuals: Residuals, count: int) -> list[Residuals]:
    """Residuals of one call as those of `count`."""
    split = {stream: value.chunk(count) for stream, value in residuals.items()}
    return [{stream: parts[i] for stream, parts in split.items()} for i in range(count)]
