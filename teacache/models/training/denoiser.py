"""Takes a denoiser through its stages: each starts from the running mean of the one before, perhaps grown.

Knows stages, noise levels and files; the networks, their data and their errors are the caller's.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from teacache.models.training.optim import MuonAdamW
from teacache.models.training.stage import Pace, Report, Stage, States


@dataclass(frozen=True)
class StageConfig:
    """One part of the training, as long as the shorter of `steps` (per worker) and `minutes`, where given."""

    name: str
    steps: int
    batch: int
    speed: float = 1.0  # of both learning rates
    level_shift: float = 1.0  # above 1, training sees more of the noisy levels
    decay: float = 0.0  # part of the stage over which the learning rate falls
    warmup: int = 60
    layers: int = 4
    minutes: float | None = None


@dataclass(frozen=True)
class Rhythm:
    """How often workers average, states are saved, and how slowly the running mean follows."""

    average_every: int = 25
    save_every: int = 100
    ema_decay: float = 0.95  # per averaging, not per step

    def pace(self, stage: StageConfig) -> Pace:
        """A stage's pace at this rhythm."""
        return Pace(
            stage.steps, stage.minutes, stage.speed, stage.warmup, stage.decay,
            self.average_every, self.save_every, self.ema_decay,
        )  # fmt: skip


@dataclass(frozen=True)
class Networks:
    """How denoisers of this class are built, grown to more layers, and optimised in a stage."""

    build: Callable[[int], torch.nn.Module]
    grown: Callable[[torch.nn.Module, int], torch.nn.Module]
    optimizer: Callable[[torch.nn.Module, StageConfig], MuonAdamW]


# The noise levels (B,) of a random batch and the mean squared errors (B,) that a model makes on it.
BatchErrors = Callable[[torch.nn.Module, StageConfig, random.Random], tuple[torch.Tensor, torch.Tensor]]


class DenoiserTrainer:
    """The model and its running mean (EMA) on their way through the stages."""

    def __init__(
        self,
        stages: Sequence[StageConfig],
        *,
        networks: Networks,
        errors: BatchErrors,
        rhythm: Rhythm,
        states: States,
        seed: int,
        device: str,
    ) -> None:
        torch.manual_seed(seed)  # the same start on every worker
        self.stages, self.networks, self.rhythm = tuple(stages), networks, rhythm
        self._errors, self._states, self._seed, self._device = errors, states, seed, device
        self._adopt(networks.build(self.stages[0].layers))

    def run(self, report: Report) -> torch.nn.Module:
        """Go through the stages, from where the files say an earlier run stopped, and return the EMA."""
        state = self._restored()
        names = [stage.name for stage in self.stages]
        first = names.index(state["stage"]) if state else 0
        for config in self.stages[first:]:
            here = state if state and state["stage"] == config.name else None
            if not here:  # the mean is the better start
                torch.manual_seed(self._seed)
                deeper = config.layers > self.ema.config.num_layers
                self._adopt(self.networks.grown(self.ema, config.layers) if deeper else self.ema)
            self._run(config, here, report)
        return self.ema

    def _restored(self) -> dict[str, Any] | None:
        state = self._states.load()
        if state:
            self._adopt(self.networks.build(state["layers"]))
            self.model.load_state_dict(state["model"])
            self.ema.load_state_dict(state["ema"])
        return state

    def _adopt(self, model: torch.nn.Module) -> None:
        """Go on with a copy of these weights, which is also where their running mean starts."""
        self.model = copy.deepcopy(model).to(self._device).requires_grad_(True)
        self.ema = copy.deepcopy(self.model).requires_grad_(False)

    def _run(self, config: StageConfig, state: dict[str, Any] | None, report: Report) -> None:
        stage = Stage(
            config.name, self.rhythm.pace(config), model=self.model, ema=self.ema,
            optimizer=self.networks.optimizer(self.model, config), states=self._states,
        )  # fmt: skip
        stage.extra = {"layers": self.model.config.num_layers}
        if state:
            stage.resume(state)

        def errors(step: int) -> tuple[torch.Tensor, dict[str, float]]:
            # Seeded by place, not by history: a resumed run draws what an uninterrupted one would have drawn.
            rng = random.Random(f"{self._seed}/{config.name}/{step}/{self._states.rank}")
            levels, squares = self._errors(self.model, config, rng)
            return squares.mean(), _facts(levels, squares.detach())

        stage.run(errors, report)


def _facts(levels: torch.Tensor, squares: torch.Tensor) -> dict[str, float]:
    """The mean error, and that of each third of the noise levels."""
    levels, squares = levels.cpu(), squares.cpu()
    facts = {"loss": squares.mean().item()}
    for name, low, high in (("clean", 0, 1 / 3), ("middle", 1 / 3, 2 / 3), ("noisy", 2 / 3, 1)):
        part = squares[(levels >= low) & (levels < high)]
        if len(part):
            facts[name] = part.mean().item()
    return facts
