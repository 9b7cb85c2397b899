"""Spoils clips as an autoencoder does, to try a judge on them. Knows pixels only."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F


def blurred(frames: torch.Tensor, sigma: float) -> torch.Tensor:
    """Frames (N, C, H, W) under a Gaussian of this width in pixels."""
    reach = max(1, math.ceil(2.5 * sigma))
    kernel = torch.exp(-0.5 * (torch.arange(-reach, reach + 1) / sigma) ** 2)
    kernel = (kernel / kernel.sum())[None, None]
    planes = F.pad(frames.flatten(0, 1)[:, None], [reach] * 4, mode="replicate")
    planes = F.conv2d(F.conv2d(planes, kernel[..., None]), kernel[..., None, :])
    return planes[:, 0].view_as(frames)


def spoiled(clip: torch.Tensor, psnr: float, *, seed: int = 0) -> torch.Tensor:
    """A clip (F, 3, H, W) in [-1, 1] at this many dB of itself: half of the error is blur, half noise.

    Where a clip is so plain that no blur gets that far, noise makes up for it.
    """
    wanted = 4 / 10 ** (psnr / 10)  # mean squared error; the range is 2
    low, high = 0.05, 4.0
    for _ in range(7):
        sigma = (low * high) ** 0.5
        less = float(((blurred(clip, sigma) - clip) ** 2).mean()) < wanted / 2
        low, high = (sigma, high) if less else (low, sigma)
    soft = blurred(clip, low)
    left = max(0.0, wanted - float(((soft - clip) ** 2).mean()))
    noise = torch.randn(clip.shape, generator=torch.Generator().manual_seed(seed))
    return soft + left**0.5 * noise
