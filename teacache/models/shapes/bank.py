"""The encoded training clips of Shapes: which scenes a shard holds, and how they are encoded.

Knows scenes and the autoencoder; files are training/bank.py's.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import torch
from diffusers import AutoencoderKL

from teacache.models.shapes.data import Scene, sample_scene
from teacache.models.shapes.render import render

SHARD = 256  # clips


def shard_scenes(seed: int, number: int, count: int = SHARD) -> list[Scene]:
    """The scenes of a shard."""
    rng = random.Random(f"{seed}/bank/{number}")
    return [sample_scene(rng) for _ in range(count)]


@torch.no_grad()
def encode_clips(vae: AutoencoderKL, scenes: Sequence[Scene]) -> torch.Tensor:
    """Render and encode: (N, C, F, H, W) normalised latents, without the encoder's noise."""
    clips = render(scenes).to(vae.device)
    latents = vae.encode(clips.flatten(0, 1)).latent_dist.mean
    return latents.unflatten(0, clips.shape[:2]).transpose(1, 2)
