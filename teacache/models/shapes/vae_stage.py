"""Trains the autoencoder on single rendered frames and normalises its latents.

Knows scenes and the autoencoder; knows nothing of text or denoising.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import AutoencoderKL

from teacache.models.shapes.data import FRAMES, sample_scene
from teacache.models.shapes.nets import LATENT_CHANNELS, build_vae
from teacache.models.shapes.render import render
from teacache.models.training.checkpoint import load_state, save_state
from teacache.models.training.optim import MuonAdamW, OptimizerConfig, learning_rate_scale


@dataclass(frozen=True)
class VaeConfig:
    """Length and shape of the autoencoder's training."""

    steps: int = 2000
    batch: int = 16
    kl_weight: float = 1e-4
    warmup: int = 50
    decay: float = 0.6
    save_every: int = 200
    optimizer: OptimizerConfig = OptimizerConfig(muon_momentum=0.9, adam_lr=2e-3, weight_decay=0.0)


def train_vae(
    config: VaeConfig, *, file: Path, seed: int, device: str, report: Callable[[int, dict[str, float]], None]
) -> AutoencoderKL:
    """Train, or go on from `file`, and return the autoencoder in evaluation mode with normalised latents."""
    torch.manual_seed(seed)
    vae = build_vae().to(device, memory_format=torch.channels_last)
    optimizer = _optimizer(vae, config)
    state = load_state(file)
    start = 0
    if state:
        start = state["step"]
        vae.load_state_dict(state["vae"])
        if start < config.steps:
            optimizer.load_state_dict(state["optimizer"])
    for step in range(start, config.steps):
        # Seeded by the step: a resumed run draws what an uninterrupted one would have drawn.
        rng, noise = random.Random(f"{seed}/{step}"), torch.Generator().manual_seed(seed * 1_000_003 + step)
        loss, facts = _loss(vae, sample_frames(config.batch, rng).to(device), noise, config.kl_weight)
        loss.backward()
        optimizer.step(
            learning_rate_scale(step, steps=config.steps, warmup=config.warmup, decay=config.decay)
        )
        report(step + 1, facts)
        if (step + 1) % config.save_every == 0 and step + 1 < config.steps:
            save_state(file, {"step": step + 1, "vae": vae.state_dict(), "optimizer": optimizer.state_dict()})
    vae.eval().requires_grad_(False)
    if start < config.steps:
        normalize_latents(vae, sample_frames(1024, random.Random(f"{seed}/normalize")).to(device))
        save_state(file, {"step": config.steps, "vae": vae.state_dict()})
    return vae


def sample_frames(count: int, rng: random.Random) -> torch.Tensor:
    """Single frames of random training scenes: (count, 3, 64, 64) in [-1, 1]."""
    scenes = [sample_scene(rng) for _ in range(count)]
    picked = torch.tensor([[rng.randrange(FRAMES)] for _ in scenes])
    return render(scenes, picked=picked)[:, 0]


@torch.no_grad()
def normalize_latents(vae: AutoencoderKL, frames: torch.Tensor) -> None:
    """Fold mean and deviation of the latents' channels into the 1x1 convolutions, to get mean 0, variance 1.

    The pipeline knows a scaling factor but no shift, so neither is used. frames: (N, 3, H, W) in [-1, 1].
    """
    latents = torch.cat([vae.encode(chunk).latent_dist.mean for chunk in frames.split(64)])
    mean, std = latents.mean((0, 2, 3)), latents.std((0, 2, 3))
    encode, decode, channels = vae.quant_conv, vae.post_quant_conv, LATENT_CHANNELS
    decode.bias += decode.weight[:, :, 0, 0] @ mean
    decode.weight *= std[None, :, None, None]
    encode.weight[:channels] /= std[:, None, None, None]
    encode.bias[:channels] = (encode.bias[:channels] - mean) / std
    encode.bias[channels:] -= 2 * std.log()  # the second half is a log variance


@torch.no_grad()
def reconstruction_psnr(vae: AutoencoderKL, frames: torch.Tensor) -> torch.Tensor:
    """Signal-to-noise ratio in dB of each frame (N,) after a round trip. frames: (N, 3, H, W) in [-1, 1]."""
    decoded = torch.cat([vae.decode(vae.encode(chunk).latent_dist.mean).sample for chunk in frames.split(64)])
    return 10 * torch.log10(4 / ((decoded.clamp(-1, 1) - frames) ** 2).mean((1, 2, 3)))


def _optimizer(vae: AutoencoderKL, config: VaeConfig) -> MuonAdamW:
    inner = {
        name for name, p in vae.named_parameters()
        if p.ndim == 4 and p.shape[-1] == 3 and "conv_in" not in name and "conv_out" not in name
    }  # fmt: skip
    return MuonAdamW(
        matrices=[p for name, p in vae.named_parameters() if name in inner],
        others=[p for name, p in vae.named_parameters() if name not in inner],
        config=config.optimizer,
    )


def _loss(
    vae: AutoencoderKL, frames: torch.Tensor, noise: torch.Generator, kl_weight: float
) -> tuple[torch.Tensor, dict[str, float]]:
    posterior = vae.encode(frames).latent_dist
    mean, log_variance = posterior.mean, posterior.logvar
    draw = torch.randn(mean.shape, generator=noise).to(mean.device)
    error = vae.decode(mean + torch.exp(0.5 * log_variance) * draw).sample - frames
    squared = (error**2).mean()
    kl = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).mean()
    loss = error.abs().mean() + 2 * squared + kl_weight * kl
    return loss, {"l1": error.abs().mean().item(), "mse": squared.item(), "kl": kl.item()}
