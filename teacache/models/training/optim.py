"""The optimiser: Muon for matrices inside blocks and for 3x3 convolutions, AdamW for everything else.

Knows parameters and gradients; which parameters are matrices is the caller's choice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from teacache.models.training.speed import mixed_precision


@dataclass(frozen=True)
class OptimizerConfig:
    """Learning rates at full scale; `muon_momentum` is the weight of the past."""

    muon_lr: float = 5e-3
    adam_lr: float = 1.5e-3
    muon_momentum: float = 0.95
    weight_decay: float = 0.01
    clip: float = 1.0


def orthogonalize(stack: torch.Tensor, *, iterations: int = 4) -> torch.Tensor:
    """Push each matrix's singular values towards 1, by Newton-Schulz steps. stack: (N, rows, columns)."""
    tall = stack.shape[-2] > stack.shape[-1]
    x = stack.mT if tall else stack
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(iterations):
        gram = x @ x.mT
        x = 3.4445 * x + (torch.baddbmm(gram, gram, gram, beta=-4.7750, alpha=2.0315)) @ x
    return x.mT if tall else x


class MuonAdamW:
    """One step over both kinds of parameters; parameters without a gradient are left as they are."""

    def __init__(
        self,
        *,
        matrices: Sequence[torch.nn.Parameter],
        others: Sequence[torch.nn.Parameter],
        config: OptimizerConfig,
    ) -> None:
        self.config = config
        self.parameters = [*matrices, *others]
        self._groups: dict[tuple[int, int], list[torch.nn.Parameter]] = defaultdict(list)
        for parameter in matrices:
            self._groups[parameter.shape[0], parameter[0].numel()].append(parameter)
        self._momentum = {s: torch.zeros(len(p), *s, device=p[0].device) for s, p in self._groups.items()}
        self._adam = torch.optim.AdamW(
            others, lr=config.adam_lr, betas=(0.9, 0.98), weight_decay=config.weight_decay, foreach=True
        )

    @torch.no_grad()
    def step(self, scale: float) -> None:
        """Clip the gradients, update with learning rates times `scale`, and clear the gradients."""
        ready = [p for p in self.parameters if p.grad is not None]
        torch.nn.utils.clip_grad_norm_(ready, self.config.clip, foreach=True)
        for group in self._adam.param_groups:
            group["lr"] = self.config.adam_lr * scale
        self._adam.step()
        for shape, parameters in self._groups.items():
            self._muon(shape, parameters, self.config.muon_lr * scale)
        for parameter in self.parameters:
            parameter.grad = None

    def _muon(self, shape: tuple[int, int], parameters: list[torch.nn.Parameter], lr: float) -> None:
        gradient = torch.stack([p.grad.reshape(shape) for p in parameters])
        momentum, weight = self._momentum[shape], self.config.muon_momentum
        momentum.lerp_(gradient, 1 - weight)
        # 0.2 sqrt(longer side) makes the update's RMS that of AdamW, whatever the shape.
        with mixed_precision(gradient.device):
            direction = orthogonalize(gradient.lerp(momentum, weight))
        update = direction * (0.2 * max(shape) ** 0.5)
        for parameter, change in zip(parameters, update, strict=True):
            parameter.mul_(1 - lr * self.config.weight_decay).add_(change.view_as(parameter), alpha=-lr)

    def state_dict(self) -> dict[str, Any]:
        """Everything that `load_state_dict` needs to go on bit-equal."""
        return {"adam": self._adam.state_dict(), "momentum": dict(self._momentum)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore what `state_dict` gave for the same parameters."""
        self._adam.load_state_dict(state["adam"])
        for shape, momentum in state["momentum"].items():
            self._momentum[shape].copy_(momentum)


def learning_rate_scale(step: int, *, steps: int, warmup: int, decay: float) -> float:
    """Linear warm-up, flat, then linear to zero over the last `decay` (0 to 1) of the steps."""
    return scale_at(step / steps, step=step, warmup=warmup, decay=decay)


def scale_at(part: float, *, step: int, warmup: int, decay: float) -> float:
    """The same where a stage is not counted in steps: `part` (0 to 1) of it is done."""
    rising = min(1.0, (step + 1) / warmup)
    falling = min(1.0, (1 - part) / decay) if decay else 1.0
    return rising * falling
