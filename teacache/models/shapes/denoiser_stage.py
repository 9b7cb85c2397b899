"""What the denoiser learns: on single frames without its temporal blocks, on clips, and with twice the depth.

Knows latents, captions and the transformer; knows nothing of pixels or of the pipeline. The way through the
stages is training/denoiser.py's.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from diffusers import LatteTransformer3DModel

from teacache.models.shapes.data import FRAMES, training_caption
from teacache.models.shapes.forward import denoise
from teacache.models.shapes.nets import GROWN_LAYERS, LATENT_CHANNELS, LAYERS, build_transformer, grown
from teacache.models.shapes.text import PromptEmbedder
from teacache.models.training.bank import Bank
from teacache.models.training.denoiser import DenoiserTrainer, Networks, Rhythm, StageConfig
from teacache.models.training.noising import Prediction, network_time, noised, sample_levels
from teacache.models.training.optim import MuonAdamW, OptimizerConfig
from teacache.models.training.stage import States


@dataclass(frozen=True)
class DenoiserConfig:
    """What is trained, and how; steps and batches are per worker."""

    image: StageConfig = StageConfig("image", steps=1100, batch=192, level_shift=1.5, layers=LAYERS)
    video: StageConfig = StageConfig(
        "video", steps=2000, batch=16, speed=0.35, level_shift=2.0, decay=0.4, layers=LAYERS
    )
    grow: StageConfig = StageConfig(
        "grow", steps=1000, batch=16, speed=0.35, level_shift=2.0, decay=0.6, layers=GROWN_LAYERS
    )
    rhythm: Rhythm = Rhythm()
    no_text: float = 0.1
    prediction: Prediction = "flow"
    optimizer: OptimizerConfig = OptimizerConfig()

    @property
    def stages(self) -> tuple[StageConfig, ...]:
        """In the order in which they are run."""
        return self.image, self.video, self.grow


def denoiser_trainer(
    config: DenoiserConfig,
    *,
    bank: Bank,
    embedder: PromptEmbedder,
    folder: Path,
    seed: int,
    rank: int,
    device: str,
) -> DenoiserTrainer:
    """A trainer that goes through the stages, or on from what `folder` holds."""

    def optimizer(model: LatteTransformer3DModel, stage: StageConfig) -> MuonAdamW:
        return build_optimizer(model, config.optimizer, temporal=stage.name != "image")

    return DenoiserTrainer(
        config.stages,
        networks=Networks(
            build=lambda layers: build_transformer(layers=layers),
            grown=lambda model, layers: grown(model, layers=layers),
            optimizer=optimizer,
        ),
        errors=partial(_errors, config=config, bank=bank, embedder=embedder, device=device),
        rhythm=config.rhythm,
        states=States(folder, rank=rank),
        seed=seed,
        device=device,
    )


def _errors(
    model: LatteTransformer3DModel,
    stage: StageConfig,
    rng: random.Random,
    *,
    config: DenoiserConfig,
    bank: Bank,
    embedder: PromptEmbedder,
    device: str,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Noise levels (B,) and mean squared errors (B,) of a random batch."""
    generator = torch.Generator().manual_seed(rng.getrandbits(60))
    picked = rng.choices(range(len(bank)), k=stage.batch)
    frame_index = None
    data = bank.latents[picked]
    if stage.name == "image":
        frame_index = torch.tensor([[rng.randrange(FRAMES)] for _ in picked])
        data = data[torch.arange(len(picked))[:, None], :, frame_index[:, :]].transpose(1, 2)
    data = data.float()
    captions = [
        "" if rng.random() < config.no_text else training_caption(bank.scenes[i], rng) for i in picked
    ]
    text, bias = embedder(captions, rng)
    levels = sample_levels(len(picked), generator, shift=stage.level_shift)
    noise = torch.randn(data.shape, generator=generator)
    noisy, target = noised(data, noise, levels, prediction=config.prediction)
    moved = [t.to(device) for t in (noisy, network_time(levels), text, bias)]
    index = None if frame_index is None else frame_index.to(device)
    guess = denoise(model, *moved, frame_index=index)[:, :LATENT_CHANNELS]
    return levels, ((guess - target.to(device)) ** 2).mean((1, 2, 3, 4)).cpu()


def build_optimizer(model: LatteTransformer3DModel, config: OptimizerConfig, *, temporal: bool) -> MuonAdamW:
    """Muon for matrices inside blocks, AdamW for the rest; temporal blocks only where asked for."""
    named = [(n, p) for n, p in model.named_parameters() if temporal or not n.startswith("temporal_")]

    def is_matrix(name: str, parameter: torch.nn.Parameter) -> bool:
        return "transformer_blocks" in name and parameter.ndim == 2 and "scale_shift" not in name

    return MuonAdamW(
        matrices=[p for n, p in named if is_matrix(n, p)],
        others=[p for n, p in named if not is_matrix(n, p)],
        config=config,
    )
