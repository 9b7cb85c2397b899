"""Which processes run the blocks together, and sums over all of them.

Where a model or a video is split over several devices each process, a rank, holds a part of what a distance
is made of. All must decide alike: blocks that run wait for the same blocks of the other ranks. Knows
diffusers' parallel configuration and torch.distributed; neither decisions nor models.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.distributed as dist
from torch import nn

Total = Callable[[torch.Tensor], torch.Tensor]
"""Adds a tensor of sums up over the ranks; what comes back is the same on each."""


def total_over(module: nn.Module) -> Total | None:
    """How to add up over the ranks that this transformer's blocks wait for; None if it runs on its own.

    Context parallel splits the tokens, so that only the total is the whole video's. What every rank holds
    whole (the latents, a time embedding, all of it under tensor parallel) is counted once a rank in both sums
    of a distance, which leaves their quotient as it was. Ranks that share weights and make videos of their
    own (FSDP) decide for all of them together, as for a batch.
    """
    if not (dist.is_available() and dist.is_initialized()):
        return None
    groups = [*_groups_of_tokens(module), *_groups_of_weights(module)]
    if not groups:
        return None

    def total(sums: torch.Tensor) -> torch.Tensor:
        for group in groups:
            dist.all_reduce(sums, group=group)
        return sums

    return total


def _groups_of_tokens(module: nn.Module) -> list[Any]:
    """The ranks that hold a part of the tokens each."""
    config = getattr(module, "_parallel_config", None)
    split = getattr(config, "context_parallel_config", None)
    return [] if split is None else [split._flattened_mesh.get_group()]


def _groups_of_weights(module: nn.Module) -> list[Any]:
    """The ranks that hold a part of the weights each, one group for each dimension of their mesh."""
    from torch.distributed.tensor import DTensor  # exists only where torch was built with distributed

    meshes = (weight.device_mesh for weight in module.parameters() if isinstance(weight, DTensor))
    mesh = next(meshes, None)
    return [] if mesh is None else mesh.get_all_groups()
