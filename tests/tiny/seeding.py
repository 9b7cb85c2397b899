"""Random weights that are the same every time, of which none is without effect."""

from __future__ import annotations

from collections.abc import Callable

import torch
from diffusers import DiffusionPipeline


def seeded(build: Callable[[], DiffusionPipeline]) -> Callable[[], DiffusionPipeline]:
    """The same weights at every call, whatever ran before, and the caller's random numbers untouched."""

    def builder() -> DiffusionPipeline:
        with torch.random.fork_rng():
            torch.manual_seed(0)
            pipe = build()
            for part in pipe.components.values():
                if isinstance(part, torch.nn.Module):
                    _fill_zeros(part.eval())
        return pipe

    return builder


def _fill_zeros(model: torch.nn.Module) -> None:
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim and parameter.is_floating_point() and not parameter.any():
                parameter.normal_(0, 0.05)
