"""Carries what the last two computed calls left on to a later step, on the line through them.

First-order Taylor reuse with a difference quotient, as TaylorSeer (arXiv 2503.06923, Eq. 4) takes its
derivatives. Measured in steps, which need no reading back. Knows tensors and steps; nothing of calls.
"""

from __future__ import annotations

import torch


def share(step: int, computed: tuple[int, ...], reach: float) -> float | None:
    """How far `step` lies beyond the newest computed step, in gaps between the last two (newest first), but
    no more than `reach`.

    None where there are not two: then nothing can be said but the newest value itself.
    """
    if len(computed) < 2 or computed[0] == computed[1]:
        return None
    return min(reach, (step - computed[0]) / (computed[0] - computed[1]))


def ahead(new: torch.Tensor, old: torch.Tensor | None, share: float | None) -> torch.Tensor:
    """`new` carried on by that share of its way from `old`."""
    if old is None or share is None:
        return new
    return new + share * (new - old)
