"""Runs one stage of a training: step after step, averaged over workers, saved, and resumed where it stopped.

Knows models, optimisers and files; what is learned is the caller's `errors`. A stage lasts some steps or some
minutes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from teacache.models.training.checkpoint import load_state, save_state
from teacache.models.training.optim import MuonAdamW, scale_at
from teacache.models.training.workers import agreed, average_parameters

Report = Callable[[str, int, dict[str, float]], None]  # stage, steps done, losses
Errors = Callable[[int], tuple[torch.Tensor, dict[str, float]]]  # of a step: what to lessen, what to log


@dataclass(frozen=True)
class Pace:
    """How long a stage lasts, and how fast it learns. `steps` are per worker."""

    steps: int
    minutes: float | None = None  # of wall time, in all its pieces; None: only the steps count
    speed: float = 1.0  # of all learning rates
    warmup: int = 60
    decay: float = 0.0  # part of the stage over which the learning rates fall
    average_every: int = 25
    save_every: int = 100
    ema_decay: float = 0.95  # of the running mean, per averaging


class States:
    """A stage's files, one per worker; the first also keeps what all share."""

    def __init__(self, folder: Path, *, rank: int) -> None:
        self._folder, self.rank = folder, rank

    def load(self) -> dict[str, Any] | None:
        """The state to go on from, or None; the first worker's where a kill left the workers apart."""
        leader, own = load_state(self._file(0)), load_state(self._file(self.rank))
        if not leader:
            return None
        in_step = own and (leader["stage"], leader["step"]) == (own["stage"], own["step"])
        return {**leader, **own} if in_step else leader

    def save(self, state: dict[str, Any], shared: dict[str, Any]) -> None:
        """Write this worker's state; `shared` only for the first worker."""
        save_state(self._file(self.rank), {**state, **(shared if self.rank == 0 else {})})

    def _file(self, rank: int) -> Path:
        return self._folder / f"worker-{rank}.pt"


class Stage:
    """One stage of one model, from where its files say that it stopped."""

    def __init__(
        self,
        name: str,
        pace: Pace,
        *,
        model: torch.nn.Module,
        ema: torch.nn.Module | None,
        optimizer: MuonAdamW,
        states: States,
    ) -> None:
        self.name, self.pace, self.model, self.ema = name, pace, model, ema
        self.optimizer, self.states = optimizer, states
        self.step, self.seconds, self.minutes_part = 0, 0.0, 0.0
        self.extra: dict[str, Any] = {}  # what else the first worker's file is to hold

    def resume(self, state: dict[str, Any]) -> None:
        """Take up an earlier run of this stage; the model and its EMA must hold its weights."""
        self.step, self.seconds = state["step"], state.get("seconds", 0.0)
        self.minutes_part = self._minutes_part(self.seconds)
        if "optimizer" in state and self.part < 1:
            self.optimizer.load_state_dict(state["optimizer"])

    @property
    def part(self) -> float:
        """How much of the stage is done, 0 to 1."""
        by_steps = self.step / self.pace.steps if self.pace.steps else 1.0
        return min(1.0, max(by_steps, self.minutes_part))

    def run(self, errors: Errors, report: Report) -> None:
        """Step until the stage is over."""
        start, before, pace = time.monotonic(), self.seconds, self.pace
        while self.part < 1:
            loss, facts = errors(self.step)
            loss.backward()
            scale = scale_at(self.part, step=self.step, warmup=pace.warmup, decay=pace.decay)
            self.optimizer.step(pace.speed * scale)
            self.step += 1
            self.seconds = before + time.monotonic() - start
            if self.step % pace.average_every == 0 or self.step == pace.steps:
                average_parameters(self.model)
                self.minutes_part = agreed(self._minutes_part(self.seconds))
                self._follow(self.step // pace.average_every)
            if self.step % pace.save_every == 0 or self.part >= 1:
                self.save()
            report(self.name, self.step, facts)

    def save(self) -> None:
        """Write everything that `resume` needs."""
        own = {
            "stage": self.name,
            "step": self.step,
            "seconds": self.seconds,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }
        shared = self.extra | ({} if self.ema is None else {"ema": self.ema.state_dict()})
        self.states.save(own, shared)

    def _minutes_part(self, seconds: float) -> float:
        return seconds / 60 / self.pace.minutes if self.pace.minutes else 0.0

    @torch.no_grad()
    def _follow(self, updates: int) -> None:
        """Move the running mean (EMA) towards the model."""
        if self.ema is not None:
            decay = min(self.pace.ema_decay, (1 + updates) / (10 + updates))
            torch._foreach_lerp_(list(self.ema.parameters()), list(self.model.parameters()), 1 - decay)
