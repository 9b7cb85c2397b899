"""A guess at the finished clip while it is still noise.

Between two steps the latents move along a straight line from noise to clip, as far as the model can tell;
followed to the end, the line gives what the model takes for the clip. So two latents and the scheduler's
noise levels are enough, and neither the model nor the scheduler need be touched.
"""

from __future__ import annotations

import math
from typing import Any

import torch

BUDGET = 0.2  # previews may take this share of the time that denoising has taken so far


def clean_estimate(scheduler: Any, before: torch.Tensor, after: torch.Tensor, step: int) -> torch.Tensor:
    """The clip that the model aims at, from the latents `before` and `after` the 0-based `step`; same shape.

    Both latents are s x + n e with the same clip x and noise e, and known levels s and n (DDIM, arXiv
    2010.02502, Eq. 12; rectified flow, arXiv 2209.03003). Where a scheduler keeps other levels the latents
    themselves are returned.
    """
    start, end = _levels(scheduler, step), _levels(scheduler, step + 1)
    if start is None or end is None:
        return after
    (signal_0, noise_0), (signal_1, noise_1) = start, end
    spread = noise_0 * signal_1 - noise_1 * signal_0
    if abs(spread) < 1e-6:  # a repeated timestep (PNDM) spans no line
        return after
    return (noise_0 * after - noise_1 * before) / spread


def _levels(scheduler: Any, step: int) -> tuple[float, float] | None:
    """How much clip and how much noise the latents hold on entering `step`."""
    if step >= len(scheduler.timesteps):
        return 1.0, 0.0
    sigmas, alphas = getattr(scheduler, "sigmas", None), getattr(scheduler, "alphas_cumprod", None)
    config = scheduler.config
    if sigmas is not None and (config.get("use_flow_sigmas") or alphas is None):
        sigma = float(sigmas[step])
        if "sigma_data" in config:  # EDM (arXiv 2206.00364): noise of that deviation is added to the clip
            return 1.0, sigma
        noise = 1 - sigma if config.get("invert_sigmas") else sigma  # Mochi counts upwards
        return 1 - noise, noise
    if alphas is not None and sigmas is None:
        alpha = float(alphas[int(scheduler.timesteps[step])])
        return math.sqrt(alpha), math.sqrt(1 - alpha)
    return None


def affordable(spent: float, count: int, denoising: float) -> bool:
    """Whether another preview fits the budget after `count` in `spent` seconds; the first always does."""
    return count == 0 or spent * (count + 1) / count <= BUDGET * denoising
