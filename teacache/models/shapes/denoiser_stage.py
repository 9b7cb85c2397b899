"""Trains the denoiser: on single frames without its temporal blocks, on clips, and grown to twice the depth.

Knows latents, captions and the transformer; knows nothing of pixels or of the pipeline.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import LatteTransformer3DModel

from teacache.models.shapes.bank import Bank
from teacache.models.shapes.data import FRAMES, training_caption
from teacache.models.shapes.forward import denoise
from teacache.models.shapes.nets import GROWN_LAYERS, LATENT_CHANNELS, LAYERS, build_transformer, grown
from teacache.models.shapes.text import PromptEmbedder
from teacache.models.training.checkpoint import load_state, save_state
from teacache.models.training.noising import Prediction, network_time, noised, sample_levels
from teacache.models.training.optim import MuonAdamW, OptimizerConfig, learning_rate_scale
from teacache.models.training.workers import average_parameters

Report = Callable[[str, int, dict[str, float]], None]  # stage, steps done, losses


@dataclass(frozen=True)
class StageConfig:
    """One part of the training: single frames ("image") or whole clips (any other name)."""

    name: str
    steps: int
    batch: int
    speed: float = 1.0  # of both learning rates
    level_shift: float = 1.0  # above 1, training sees more of the noisy levels
    decay: float = 0.0  # part of the steps over which the learning rate falls
    warmup: int = 60
    layers: int = LAYERS


@dataclass(frozen=True)
class DenoiserConfig:
    """What is trained, and how; steps and batches are per worker."""

    image: StageConfig = StageConfig("image", steps=1100, batch=192, level_shift=1.5)
    video: StageConfig = StageConfig("video", steps=2000, batch=16, speed=0.35, level_shift=2.0, decay=0.4)
    grow: StageConfig = StageConfig(
        "grow", steps=1000, batch=16, speed=0.35, level_shift=2.0, decay=0.6, layers=GROWN_LAYERS
    )
    average_every: int = 25
    save_every: int = 100
    ema_decay: float = 0.95  # per averaging, not per step
    no_text: float = 0.1
    prediction: Prediction = "flow"
    optimizer: OptimizerConfig = OptimizerConfig()

    @property
    def stages(self) -> tuple[StageConfig, ...]:
        """In the order in which they are run."""
        return self.image, self.video, self.grow


class DenoiserTrainer:
    """The model, its running mean (EMA) and what a worker needs to take one step after another."""

    def __init__(
        self,
        config: DenoiserConfig,
        *,
        bank: Bank,
        embedder: PromptEmbedder,
        seed: int,
        rank: int,
        device: str,
    ) -> None:
        torch.manual_seed(seed)  # the same start on every worker
        self.config, self.bank, self.embedder = config, bank, embedder
        self.seed, self.rank, self.device = seed, rank, device
        self._adopt(build_transformer(layers=config.image.layers))

    def run(self, *, folder: Path, report: Report) -> LatteTransformer3DModel:
        """Go through the stages, from where `folder` says an earlier run stopped, and return the EMA."""
        state = self._restore(folder)
        names = [stage.name for stage in self.config.stages]
        first = names.index(state["stage"]) if state else 0
        for stage in self.config.stages[first:]:
            here = state if state and state["stage"] == stage.name else None
            if not here:  # the mean is the better start
                torch.manual_seed(self.seed)
                deeper = stage.layers > self.ema.config.num_layers
                self._adopt(grown(self.ema, layers=stage.layers) if deeper else self.ema)
            self._run_stage(stage, here, folder=folder, report=report)
        return self.ema

    def _restore(self, folder: Path) -> dict | None:
        leader, own = load_state(folder / "worker-0.pt"), load_state(folder / f"worker-{self.rank}.pt")
        # A kill between two workers' writes leaves them a few steps apart: then all go on from the first.
        in_step = leader and own and (leader["stage"], leader["step"]) == (own["stage"], own["step"])
        state = own if in_step else leader
        if state:
            self._adopt(build_transformer(layers=state["layers"]))
            self.model.load_state_dict(state["model"])
            self.ema.load_state_dict(leader["ema"])
        return state

    def _adopt(self, model: LatteTransformer3DModel) -> None:
        """Go on with a copy of these weights, which is also where their running mean starts."""
        self.model = copy.deepcopy(model).to(self.device).requires_grad_(True)
        self.ema = copy.deepcopy(self.model).requires_grad_(False)

    def _run_stage(self, stage: StageConfig, state: dict | None, *, folder: Path, report: Report) -> None:
        optimizer = build_optimizer(self.model, self.config.optimizer, temporal=stage.name != "image")
        start = 0
        if state:
            start = state["step"]
            if start < stage.steps:
                optimizer.load_state_dict(state["optimizer"])
        for step in range(start, stage.steps):
            facts = self._step(stage, step, optimizer)
            done, last = step + 1, step + 1 == stage.steps
            if done % self.config.average_every == 0 or last:
                average_parameters(self.model)
                self._update_ema(done // self.config.average_every)
            if done % self.config.save_every == 0 or last:
                self._save(folder, stage.name, done, optimizer)
            report(stage.name, done, facts)

    def _step(self, stage: StageConfig, step: int, optimizer: MuonAdamW) -> dict[str, float]:
        # Seeded by place, not by history: a resumed run draws what an uninterrupted one would have drawn.
        rng = random.Random(f"{self.seed}/{stage.name}/{step}/{self.rank}")
        levels, errors = self._errors(stage, rng)
        errors.mean().backward()
        scale = learning_rate_scale(step, steps=stage.steps, warmup=stage.warmup, decay=stage.decay)
        optimizer.step(stage.speed * scale)
        facts = {"loss": errors.mean().item()}
        for name, low, high in (("clean", 0, 1 / 3), ("middle", 1 / 3, 2 / 3), ("noisy", 2 / 3, 1)):
            part = errors[(levels >= low) & (levels < high)]
            if len(part):
                facts[name] = part.mean().item()
        return facts

    def _errors(self, stage: StageConfig, rng: random.Random) -> tuple[torch.Tensor, torch.Tensor]:
        """Noise levels (B,) and mean squared errors (B,) of a random batch."""
        generator = torch.Generator().manual_seed(rng.getrandbits(60))
        picked = rng.choices(range(len(self.bank)), k=stage.batch)
        frame_index = None
        data = self.bank.latents[picked]
        if stage.name == "image":
            frame_index = torch.tensor([[rng.randrange(FRAMES)] for _ in picked])
            data = data[torch.arange(len(picked))[:, None], :, frame_index[:, :]].transpose(1, 2)
        data = data.float()
        captions = [
            "" if rng.random() < self.config.no_text else training_caption(self.bank.scenes[i], rng)
            for i in picked
        ]
        text, bias = self.embedder(captions, rng)
        levels = sample_levels(len(picked), generator, shift=stage.level_shift)
        noise = torch.randn(data.shape, generator=generator)
        noisy, target = noised(data, noise, levels, prediction=self.config.prediction)
        moved = [t.to(self.device) for t in (noisy, network_time(levels), text, bias)]
        index = None if frame_index is None else frame_index.to(self.device)
        guess = denoise(self.model, *moved, frame_index=index)[:, :LATENT_CHANNELS]
        return levels, ((guess - target.to(self.device)) ** 2).mean((1, 2, 3, 4)).cpu()

    @torch.no_grad()
    def _update_ema(self, updates: int) -> None:
        decay = min(self.config.ema_decay, (1 + updates) / (10 + updates))
        torch._foreach_lerp_(list(self.ema.parameters()), list(self.model.parameters()), 1 - decay)

    def _save(self, folder: Path, stage: str, step: int, optimizer: MuonAdamW) -> None:
        state = {
            "stage": stage,
            "step": step,
            "layers": self.model.config.num_layers,
            "model": self.model.state_dict(),
            "optimizer": optimizer.state_dict(),
        }
        if self.rank == 0:
            state["ema"] = self.ema.state_dict()
        save_state(folder / f"worker-{self.rank}.pt", state)


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
