"""What the denoiser learns: on single latent frames, then on clips, then on clips with twice the blocks.

Knows latents, captions and the transformer; knows nothing of pixels or of the pipeline. The way through the
stages is training/denoiser.py's.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import torch
from diffusers import WanTransformer3DModel

from teacache.models.scenes.data import REALMS, Scene, training_caption
from teacache.models.scenes.forward import denoise
from teacache.models.scenes.nets import GROWN_LAYERS, LATENT_FRAMES, LAYERS, build_transformer, grown
from teacache.models.scenes.text import PromptEmbedder
from teacache.models.training.bank import Bank
from teacache.models.training.denoiser import DenoiserTrainer, Networks, Rhythm, StageConfig
from teacache.models.training.noising import TIMES, noised, sample_levels
from teacache.models.training.optim import MuonAdamW, OptimizerConfig
from teacache.models.training.speed import compiled, mixed_precision
from teacache.models.training.stage import Report, States


@dataclass(frozen=True)
class DenoiserConfig:
    """What is trained, and how; steps and batches are per worker.

    The shipped weights took as many steps of clips and of all blocks. One step costs one thread 4.9 s of
    "frames", 5.3 s of "clips", 10.7 s of "grow" with AVX2; with AMX, translated, 0.9 s of "clips".
    """

    frames: StageConfig = StageConfig("frames", steps=550, batch=96, level_shift=1.5, layers=LAYERS)
    clips: StageConfig = StageConfig("clips", steps=3000, batch=16, speed=0.5, level_shift=2.0, layers=LAYERS)
    grow: StageConfig = StageConfig(
        "grow", steps=2025, batch=16, speed=0.35, level_shift=2.0, decay=0.6, layers=GROWN_LAYERS
    )
    rhythm: Rhythm = Rhythm(save_every=25)  # a kill costs two to five minutes
    no_text: float = 0.1
    compiled: bool = False
    optimizer: OptimizerConfig = OptimizerConfig()

    @property
    def stages(self) -> tuple[StageConfig, ...]:
        """In the order in which they are run."""
        return self.frames, self.clips, self.grow

    def on_gpu(self) -> DenoiserConfig:
        """Batches that keep a large GPU busy, and the faster steps that large batches bear."""
        larger = {"frames": 1024, "clips": 192, "grow": 192}
        quick = replace(self, rhythm=Rhythm())
        return quick.with_stages(
            lambda stage: replace(stage, batch=larger[stage.name], speed=min(1.0, 1.6 * stage.speed))
        )

    def with_stages(self, change: Callable[[StageConfig], StageConfig]) -> DenoiserConfig:
        """The same with every stage changed."""
        return replace(self, **{stage.name: change(stage) for stage in self.stages})


def train_denoiser(
    config: DenoiserConfig,
    *,
    bank: Bank,
    embedder: PromptEmbedder,
    folder: Path,
    seed: int,
    rank: int,
    device: str,
    report: Callable[[DenoiserTrainer], Report],
) -> WanTransformer3DModel:
    """Go through the stages, or on from `folder`, and return the running mean of the weights."""
    latents = bank.latents.to(device) if device != "cpu" else bank.latents
    trainer = DenoiserTrainer(
        config.stages,
        networks=Networks(
            build=lambda layers: build_transformer(layers=layers),
            grown=lambda model, layers: grown(model, layers=layers),
            optimizer=lambda model, _stage: build_optimizer(model, config.optimizer),
        ),
        errors=partial(
            batch_errors,
            bank=Bank(bank.scenes, latents),
            shares=shares(bank.scenes),
            embedder=embedder,
            no_text=config.no_text,
            guess=compiled(denoise) if config.compiled else denoise,
        ),
        rhythm=config.rhythm,
        states=States(folder, rank=rank),
        seed=seed,
        device=device,
    )
    return trainer.run(report(trainer))


def batch_errors(
    model: WanTransformer3DModel,
    stage: StageConfig,
    rng: random.Random,
    *,
    bank: Bank,
    shares: Sequence[int],
    embedder: PromptEmbedder,
    no_text: float,
    guess: Callable[..., torch.Tensor] = denoise,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Noise levels (B,) and squared errors (B,) of a random batch; of single frames in stage "frames"."""
    device = bank.latents.device
    draws = torch.Generator().manual_seed(rng.getrandbits(60))
    picked = rng.choices(range(len(bank)), shares, k=stage.batch)
    data = bank.latents[torch.tensor(picked, device=device)]
    if stage.name == "frames":
        which = torch.randint(LATENT_FRAMES, (stage.batch,), generator=draws).to(device)
        data = data[torch.arange(stage.batch, device=device), :, which, None]
    data = data.float()
    captions = ["" if rng.random() < no_text else training_caption(bank.scenes[i], rng) for i in picked]
    levels = sample_levels(stage.batch, draws, shift=stage.level_shift).to(device)
    generator = torch.Generator(device).manual_seed(rng.getrandbits(60))
    noise = torch.randn(data.shape, generator=generator, device=device)
    noisy, target = noised(data, noise, levels)
    with mixed_precision(device):
        guessed = guess(model, noisy, levels * TIMES, embedder(captions), embedder.bias)
    return levels, ((guessed.float() - target) ** 2).mean((1, 2, 3, 4))


def shares(scenes: Sequence[Scene]) -> list[int]:
    """How often each clip is drawn: twice as often in the air, where a thing has most motions and places."""
    return [2 if REALMS[scene.thing] == "air" else 1 for scene in scenes]


def build_optimizer(model: WanTransformer3DModel, config: OptimizerConfig) -> MuonAdamW:
    """Muon for matrices inside blocks, AdamW for the rest."""

    def is_matrix(name: str, parameter: torch.nn.Parameter) -> bool:
        return name.startswith("blocks.") and parameter.ndim == 2

    named = list(model.named_parameters())
    return MuonAdamW(
        matrices=[p for n, p in named if is_matrix(n, p)],
        others=[p for n, p in named if not is_matrix(n, p)],
        config=config,
    )
