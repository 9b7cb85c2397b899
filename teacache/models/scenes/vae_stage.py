"""Trains the autoencoder on small crops of a few frames, and measures its latents.

Knows scenes and the autoencoder; knows nothing of text or denoising. It is convolutional, so that what it
learns on crops holds for whole clips; `reconstruction_psnr` checks that.
"""

from __future__ import annotations

import copy
import random
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import torch
from diffusers import AutoencoderKLWan

from teacache.models.scenes.canvas import Window
from teacache.models.scenes.course import course, jitters
from teacache.models.scenes.data import FRAMES, SIZE, Scene, sample_scene
from teacache.models.scenes.forward_vae import decoded, moments
from teacache.models.scenes.render import render
from teacache.models.training.optim import MuonAdamW, OptimizerConfig
from teacache.models.training.speed import compiled, mixed_precision
from teacache.models.training.stage import Pace, Report, Stage, States

Part = Literal["vae", "decoder"]


@dataclass(frozen=True)
class VaeConfig:
    """Length and shape of the autoencoder's training. `crops` are (how many, pixels, frames), in turns."""

    pace: Pace = Pace(steps=14000, speed=0.3, warmup=50, decay=1.0, save_every=50, ema_decay=0.9)
    decoder_pace: Pace = Pace(steps=5000, warmup=20, decay=0.9, speed=0.3, save_every=50, ema_decay=0.9)
    crops: tuple[tuple[int, int, int], ...] = ((4, 64, 9), (2, 64, 17))
    on_thing: float = 0.6  # part of the crops that look at the thing
    kl_weight: float = 1e-4
    squared: float = 2.0  # weight of the squared error beside the absolute one
    decoder_squared: float = 16.0  # the same at the end, where what counts is the error in dB
    measured: int = 24  # whole clips whose latents are measured at the end
    check: int = 16  # whole clips that the round trip is checked on
    compiled: bool = False
    optimizer: OptimizerConfig = OptimizerConfig(muon_momentum=0.9, adam_lr=2e-3, weight_decay=0.0)

    def lasting(self, minutes: float, *, decoder: float) -> VaeConfig:
        """The same, for these minutes instead of its steps."""
        return replace(
            self,
            pace=replace(self.pace, steps=10**9, minutes=minutes),
            decoder_pace=replace(self.decoder_pace, steps=10**9, minutes=decoder),
        )

    def on_gpu(self) -> VaeConfig:
        """Batches that keep a large GPU busy."""
        return replace(self, crops=((48, 64, 9),))


def train_vae(
    config: VaeConfig,
    vae: AutoencoderKLWan,
    *,
    folder: Path,
    part: Part,
    seed: int,
    rank: int,
    device: str,
    report: Report,
) -> AutoencoderKLWan:
    """Train all of it, or the decoder alone, on from `folder`; returns the EMA with measured latents."""
    torch.manual_seed(seed)
    vae.to(device).requires_grad_(part == "vae")
    for module in (vae.decoder, vae.post_quant_conv):
        module.requires_grad_(True)
    states = States(folder, rank=rank)
    state = states.load()
    if state:
        vae.load_state_dict(state["model"])
    ema = copy.deepcopy(vae).eval().requires_grad_(False)
    if state and "ema" in state:
        ema.load_state_dict(state["ema"])
    pace, squared = (
        (config.pace, config.squared) if part == "vae" else (config.decoder_pace, config.decoder_squared)
    )
    stage = Stage(part, pace, model=vae, ema=ema, optimizer=_optimizer(vae, config), states=states)
    if state:
        stage.resume(state)

    def errors(step: int) -> tuple[torch.Tensor, dict[str, float]]:
        # Seeded by place, not by history: a resumed run draws what an uninterrupted one would have drawn.
        rng = random.Random(f"{seed}/{part}/{step}/{rank}")
        count, size, frames = config.crops[step % len(config.crops)]
        clips = sample_crops(count, size, frames, rng, on_thing=config.on_thing, device=device)
        noise = torch.Generator(device).manual_seed(rng.getrandbits(60))
        return _loss(
            *_round_trip(config, vae, clips, noise), squared_weight=squared, kl_weight=config.kl_weight
        )

    stage.run(errors, report)
    return with_measured_latents(ema, config.measured, seed=seed) if part == "vae" else ema


def sample_crops(
    count: int, size: int, frames: int, rng: random.Random, *, on_thing: float, device: str
) -> torch.Tensor:
    """Crops of random training scenes: (count, 3, frames, size, size) in [-1, 1]."""
    scenes, windows = [], []
    for _ in range(count):
        scene, first = sample_scene(rng), rng.randint(0, FRAMES - frames)
        left, top = rng.randint(0, SIZE - size), rng.randint(0, SIZE - size)
        if rng.random() < on_thing:
            left, top = _around(scene, first + frames // 2, size, rng)
        scenes.append(scene)
        windows.append(Window(left, top, size, first, frames))
    if device == "cpu":
        pairs = zip(scenes, windows, strict=True)
        return torch.cat([render([scene], window=window) for scene, window in pairs])
    whole = render(scenes, device=device)  # a GPU draws all of many clips as fast as a part of one
    return torch.stack([window.of(clip) for clip, window in zip(whole, windows, strict=True)])


def _around(scene: Scene, frame: int, size: int, rng: random.Random) -> tuple[int, int]:
    """Left and top of a crop that shows the thing, or part of it."""
    path = course([scene], jitters([scene]), torch.tensor(frame / (FRAMES - 1)))

    def corner(middle: torch.Tensor) -> int:
        spread = float(path.radius) * SIZE * 0.8
        return round(min(max(float(middle) * SIZE + rng.uniform(-spread, spread) - size / 2, 0), SIZE - size))

    return corner(path.x), corner(path.y)


@torch.no_grad()
def with_measured_latents(vae: AutoencoderKLWan, count: int, *, seed: int) -> AutoencoderKLWan:
    """The same autoencoder, mean and deviation of its latents written where pipelines look for them."""
    scenes = [sample_scene(random.Random(f"{seed}/measure/{i}")) for i in range(count)]
    pairs = [scenes[i : i + 2] for i in range(0, count, 2)]  # one alone is encoded five times as slowly
    latents = torch.cat([moments(vae, render(pair, device=vae.device))[0] for pair in pairs])
    mean, std = latents.mean((0, 2, 3, 4)), latents.std((0, 2, 3, 4))
    vae.register_to_config(latents_mean=mean.tolist(), latents_std=std.tolist())
    return vae


@torch.no_grad()
def reconstruction_psnr(vae: AutoencoderKLWan, scenes: list[Scene]) -> torch.Tensor:
    """Signal-to-noise ratio in dB of each whole clip (N,) after a round trip."""
    errors = []
    for scene in scenes:
        clip = render([scene], device=vae.device)
        again = decoded(vae, moments(vae, clip)[0]).clamp(-1, 1)
        errors.append(((again - clip) ** 2).mean())
    return 10 * torch.log10(4 / torch.stack(errors))


def _optimizer(vae: AutoencoderKLWan, config: VaeConfig) -> MuonAdamW:
    """Muon for the convolutions inside the halves, AdamW for the rest."""
    outer = ("conv_in", "conv_out", "quant_conv", "post_quant_conv")

    def is_matrix(name: str, parameter: torch.nn.Parameter) -> bool:
        return parameter.ndim >= 4 and parameter[0].numel() > 64 and not any(part in name for part in outer)

    named = [(name, p) for name, p in vae.named_parameters() if p.requires_grad]
    return MuonAdamW(
        matrices=[p for name, p in named if is_matrix(name, p)],
        others=[p for name, p in named if not is_matrix(name, p)],
        config=config.optimizer,
    )


def _round_trip(
    config: VaeConfig, vae: AutoencoderKLWan, clips: torch.Tensor, noise: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Mean and log variance of the latents, and what comes back wrong of one draw of them."""
    frames, height, width = clips.shape[2:]
    shape = (len(clips), vae.config.z_dim, 1 + (frames - 1) // 4, height // 8, width // 8)
    draw = torch.randn(shape, generator=noise, device=clips.device)
    trip = compiled(_there_and_back) if config.compiled else _there_and_back
    with mixed_precision(clips.device):
        mean, log_variance, again = trip(vae, clips, draw)
    return mean, log_variance, again - clips


def _there_and_back(
    vae: AutoencoderKLWan, clips: torch.Tensor, draw: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    mean, log_variance = (part.float() for part in moments(vae, clips))
    again = decoded(vae, mean + torch.exp(0.5 * log_variance) * draw)
    return mean, log_variance, again.float()


def _loss(
    mean: torch.Tensor,
    log_variance: torch.Tensor,
    error: torch.Tensor,
    *,
    squared_weight: float,
    kl_weight: float,
) -> tuple[torch.Tensor, dict[str, float]]:
    absolute, squared = error.abs().mean(), (error**2).mean()
    kl = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).mean()
    loss = absolute + squared_weight * squared + kl_weight * kl
    return loss, {"l1": absolute.item(), "mse": squared.item(), "kl": kl.item()}
