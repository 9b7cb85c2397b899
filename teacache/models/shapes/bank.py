"""A bank of encoded training clips on disk, made once, in shards that processes write side by side.

Knows scenes and the autoencoder; a shard's scenes follow from the seed and are not stored.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import torch
from diffusers import AutoencoderKL

from teacache.models.shapes.data import Scene, sample_scene
from teacache.models.shapes.render import render
from teacache.models.training.checkpoint import load_state, save_state

SHARD = 256  # clips


class Bank:
    """Training scenes and their latents (N, C, F, H, W), kept in half precision."""

    def __init__(self, scenes: list[Scene], latents: torch.Tensor) -> None:
        self.scenes, self.latents = scenes, latents

    def __len__(self) -> int:
        return len(self.scenes)

    @classmethod
    def load(cls, folder: Path, *, seed: int) -> Bank:
        """Read the shards that are there. Raises FileNotFoundError where there are none."""
        numbers = sorted(int(file.stem.split("-")[1]) for file in folder.glob("shard-*.pt"))
        if not numbers:
            raise FileNotFoundError(f"no encoded clips in {folder}")
        latents = torch.cat([load_state(_file(folder, number))["latents"] for number in numbers])
        count = len(latents) // len(numbers)
        return cls([scene for number in numbers for scene in shard_scenes(seed, number, count)], latents)


def shard_scenes(seed: int, number: int, count: int = SHARD) -> list[Scene]:
    """The scenes of a shard."""
    rng = random.Random(f"{seed}/bank/{number}")
    return [sample_scene(rng) for _ in range(count)]


def fill_bank(
    vae: AutoencoderKL,
    *,
    folder: Path,
    seed: int,
    shards: range,
    report: Callable[[int], None],
    count: int = SHARD,
) -> None:
    """Encode the missing shards, each of `count` clips; `report` gets the number of clips just done."""
    for number in shards:
        file = _file(folder, number)
        if file.exists():
            continue
        scenes = shard_scenes(seed, number, count)
        latents = [encode_clips(vae, scenes[i : i + 8]) for i in range(0, count, 8)]
        save_state(file, {"latents": torch.cat(latents).half().cpu()})
        report(count)


@torch.no_grad()
def encode_clips(vae: AutoencoderKL, scenes: list[Scene]) -> torch.Tensor:
    """Render and encode: (N, C, F, H, W) normalised latents, without the encoder's noise."""
    clips = render(scenes).to(vae.device)
    latents = vae.encode(clips.flatten(0, 1)).latent_dist.mean
    return latents.unflatten(0, clips.shape[:2]).transpose(1, 2)


def _file(folder: Path, number: int) -> Path:
    return folder / f"shard-{number:03d}.pt"
