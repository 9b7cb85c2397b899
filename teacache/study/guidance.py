"""How a step's outputs become what the scheduler is given. Knows tensors only."""

from __future__ import annotations

from typing import Literal

import torch

Guidance = Literal["none", "batched", "text_last", "text_first"]
_TOLERANCE = 1e-4  # of the largest value: what two batch sizes or two orders of a sum may differ by


def guided(
    outputs: list[torch.Tensor], guidance: Guidance, scale: float, latents: torch.Tensor
) -> torch.Tensor:
    """Classifier-free guidance (arXiv 2207.12598) as pipelines write it; a variance that they drop is cut."""
    if guidance == "none":
        prediction = outputs[0]
    else:
        plain, text = outputs[0].chunk(2) if guidance == "batched" else outputs
        if guidance == "text_first":
            plain, text = text, plain
        prediction = plain + scale * (text - plain)
    doubled = prediction.dim() > 3 and prediction.shape[1] == 2 * latents.shape[1]
    return prediction.chunk(2, dim=1)[0] if doubled else prediction


def near(ours: torch.Tensor, theirs: torch.Tensor) -> bool:
    """Whether two tensors differ by no more than two orders of a sum do."""
    if ours.shape != theirs.shape:
        return False
    return float((ours - theirs).abs().max()) <= _TOLERANCE * float(theirs.abs().max())
