"""Rectified flow: noise moves to data along straight lines, and the network predicts the direction.

At noise level s in (0, 1) a latent is x = (1 - s) data + s noise; the target is noise - data.
"""

from __future__ import annotations

import torch

TIMES = (
    1000  # the network's time is the whole number below 1000 s, as the pipeline's scheduler truncates it too
)


def sample_levels(count: int, generator: torch.Generator, *, shift: float = 1.0) -> torch.Tensor:
    """One noise level in each of `count` equal parts of (0, 1), shuffled; shift > 1 favours noisy ones."""
    offsets = torch.rand(count, generator=generator)
    even = (torch.randperm(count, generator=generator) + offsets) / count
    return shift * even / (1 + (shift - 1) * even)


def network_time(levels: torch.Tensor) -> torch.Tensor:
    """Noise levels as the whole numbers that the network is told."""
    return (levels * TIMES).long().clamp(0, TIMES - 1)


def noised(
    data: torch.Tensor, noise: torch.Tensor, levels: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """The noisy latents and the direction to predict. data, noise: (B, ...); levels: (B,)."""
    level = levels.view(-1, *[1] * (data.ndim - 1))
    return torch.lerp(data, noise, level), noise - data
