"""The encoded training clips of Scenes: which scenes a shard holds, and how they are encoded.

Knows scenes and the autoencoder; files are training/bank.py's.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import torch
from diffusers import AutoencoderKLWan

from teacache.models.scenes.data import Scene, sample_scene
from teacache.models.scenes.forward_vae import moments
from teacache.models.scenes.render import render

SHARD = 32  # clips


def shard_scenes(seed: int, number: int, count: int = SHARD) -> list[Scene]:
    """The scenes of a shard."""
    rng = random.Random(f"{seed}/bank/{number}")
    return [sample_scene(rng) for _ in range(count)]


@torch.no_grad()
def encode_clips(vae: AutoencoderKLWan, scenes: Sequence[Scene]) -> torch.Tensor:
    """Render and encode: (N, C, F, H, W) normalised latents, without the encoder's noise."""
    latents = moments(vae, render(scenes, device=vae.device))[0]
    mean, std = (
        torch.tensor(values, device=latents.device)[:, None, None, None]
        for values in (vae.config.latents_mean, vae.config.latents_std)
    )
    return (latents - mean) / std
