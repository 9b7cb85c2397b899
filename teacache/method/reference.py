"""TeaCache as the paper has it, the whole loop on one screen: to be read, and to check the hooks by.

One branch, one model, no option: what `hooks.py`, `session.py`, `clock.py` and `gate.py` do together for any
pipeline. Symbols and numbers are those of arXiv 2411.19108, section 3; the names that the authors' code gives
the same things stand beside them. Knows a transformer that somebody has cut in four; nothing of diffusers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import torch


class Transformer(Protocol):
    """A diffusion transformer, cut where TeaCache cuts it. t is the timestep."""

    def embed(self, latents: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        """Latents (B, C, F, H, W) -> tokens (B, S, D)."""
        ...

    def modulate(self, tokens: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        """The timestep embedding modulated noisy input: what the first block makes of its input first."""
        ...

    def blocks(self, tokens: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        """The stack of blocks, nearly all of the work."""
        ...

    def head(self, tokens: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        """Tokens -> the model's output, shaped as the latents."""
        ...


def denoise(
    model: Transformer,
    latents: torch.Tensor,
    timesteps: Sequence[torch.Tensor],
    step: Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor],
    *,
    delta: float,  # rel_l1_thresh
    coefficients: Sequence[float],  # of f, highest power first
) -> tuple[torch.Tensor, tuple[bool, ...]]:
    """Clean latents, and which calls were computed. `step` is the scheduler's: output, t, latents -> latents.

    The paper's loop in the order of the authors' code (ali-vilab/TeaCache, `TeaCache4*`).
    """
    accumulated = 0.0
    schedule: list[bool] = []
    F_before = residual = torch.empty(0)  # not used before the first call has set them
    for i, t in enumerate(timesteps):
        h = model.embed(latents, t)
        F = model.modulate(h, t)  # modulated_inp
        if i in (0, len(timesteps) - 1):
            computed = True  # should_calc: the first and the last call always are
        else:
            accumulated += f(l1_rel(F, F_before), coefficients)  # accumulated_rel_l1_distance
            computed = accumulated >= delta  # Eq. 7
        if computed:
            accumulated = 0.0
            h_out = model.blocks(h, t)
            residual = h_out - h  # previous_residual
        else:
            h_out = h + residual  # what is cached is the residual, not the output
        F_before = F  # previous_modulated_input: of the call before, computed or not
        latents = step(model.head(h_out, t), t, latents)
        schedule.append(computed)
    return latents, tuple(schedule)


def l1_rel(F: torch.Tensor, F_before: torch.Tensor) -> float:
    """Relative L1 distance of two consecutive values, Eq. 4: of the input here, as a sign of the output's."""
    return ((F - F_before).abs().mean() / F_before.abs().mean()).item()


def f(x: float, coefficients: Sequence[float]) -> float:
    """The rescaling polynomial, Eq. 6: from the input's distance to an estimate of the output's."""
    return sum(a * x**power for power, a in enumerate(reversed(coefficients)))
