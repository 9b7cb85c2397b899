"""What a run holds between two steps, as a few numbers: its noisy latents, and the residual that is kept.

Taken where a preview is made, so that nothing is computed for it but a few reads. Knows tensors; nothing of
pipelines or pages.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch  # the page reads glimpses without it

ROWS, COLUMNS = 16, 24  # tokens and numbers of each that stand for a residual
_SIDE = 32  # pixels of a picture of latents, at most
_COLOURS = 3


@dataclass(frozen=True, eq=False, kw_only=True)
class Glimpse:
    """As it was after a step."""

    step: int  # 0-based, that the latents go into
    latents: np.ndarray | None  # (3, 1, h, w): three channels of the middle frame, of deviation 1 at most
    kept: int  # the step that the residual was computed at
    residual: np.ndarray | None  # (ROWS, COLUMNS)


def of_latents(latents: torch.Tensor | None) -> np.ndarray | None:
    """Of latents (1, C, F, h, w) or (1, C, h, w) what a Glimpse has; None of fewer than three channels."""
    if latents is None or latents.shape[1] < _COLOURS:
        return None
    whole = latents[0] if latents.ndim == 5 else latents[0][:, None]
    shrink = -(-max(whole.shape[2:]) // _SIDE)
    middle = whole[:_COLOURS, whole.shape[1] // 2, ::shrink, ::shrink].float().cpu().numpy()
    return (middle / max(1.0, float(middle.std())))[:, None]


def of_residuals(residuals: Iterable[torch.Tensor]) -> np.ndarray | None:
    """Numbers of the largest residual (..., N, C), evenly spread over its tokens and theirs; None of none."""
    largest = max(residuals, key=lambda one: one.numel(), default=None)
    if largest is None or largest.ndim < 2:
        return None
    tokens = largest.flatten(0, -2)
    rows, columns = _spread(len(tokens), ROWS), _spread(tokens.shape[1], COLUMNS)
    return tokens[rows][:, columns].float().cpu().numpy()


def _spread(length: int, count: int) -> list[int]:
    """`count` places from the first to the last; some more than once where there are fewer."""
    return np.linspace(0, length - 1, count).round().astype(int).tolist()
