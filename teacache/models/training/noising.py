"""How training mixes data and noise, and what the network is to predict of the mixture.

Rectified flow, which Shapes uses: noise moves to data along a straight line, at noise level s in (0, 1)
x = (1 - s) data + s noise, and the target is its direction, noise - data. v prediction, kept to compare with:
the same on an arc, x = a data + b noise with a^2 + b^2 = 1, and the target is a noise - b data (Salimans and
Ho 2022, appendix D); a^2 falls as the squared cosine of the level (Nichol and Dhariwal 2021, equation 17).
"""

from __future__ import annotations

import math
from typing import Literal

import torch

Prediction = Literal["flow", "v"]

TIMES = (
    1000  # the network's time is the whole number below 1000 s, as the pipeline's scheduler truncates it too
)
OFFSET = 0.008  # of the cosine schedule (Nichol and Dhariwal 2021, below equation 17)


def sample_levels(count: int, generator: torch.Generator, *, shift: float = 1.0) -> torch.Tensor:
    """One noise level in each of `count` equal parts of (0, 1), shuffled; shift > 1 favours noisy ones."""
    offsets = torch.rand(count, generator=generator)
    even = (torch.randperm(count, generator=generator) + offsets) / count
    return shift * even / (1 + (shift - 1) * even)


def network_time(levels: torch.Tensor) -> torch.Tensor:
    """Noise levels as the whole numbers that the network is told."""
    return (levels * TIMES).long().clamp(0, TIMES - 1)


def noised(
    data: torch.Tensor, noise: torch.Tensor, levels: torch.Tensor, *, prediction: Prediction = "flow"
) -> tuple[torch.Tensor, torch.Tensor]:
    """The noisy latents and what to predict of them. data, noise: (B, ...); levels: (B,)."""
    level = levels.view(-1, *[1] * (data.ndim - 1))
    if prediction == "flow":
        return torch.lerp(data, noise, level), noise - data
    signal = cosine(level)
    added = (1 - signal**2).sqrt()
    return signal * data + added * noise, signal * noise - added * data


def cosine(levels: torch.Tensor) -> torch.Tensor:
    """The data's part at a noise level on the cosine schedule, from 1 to 0.

    A network time spans 1 / TIMES of the levels; in its middle this is diffusers' `alphas_cumprod ** 0.5`.
    """
    ends = levels + 0.5 / TIMES  # diffusers gives each time the noise of its noisy end
    angles = (ends + OFFSET) / (1 + OFFSET) * math.pi / 2
    return (angles.cos() / math.cos(OFFSET / (1 + OFFSET) * math.pi / 2)).clamp(0, 1)
