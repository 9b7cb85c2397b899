"""What reuse at each step costs, from one uncached run and a few runs that reuse one step each.

The error of a schedule is put together from two things. What a reused step gets wrong where it stands is
known from the uncached run: the difference between what it takes over and what it should have had. How far
that grows until the end is measured at some steps, by reusing that step alone and running on, and is
interpolated in between. Errors within a span add up as vectors, those of spans as if they were independent.
A good guide for a search and no more: the search's winners are then run. Knows a loop; nothing of prompts.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch

from teacache.method.ahead import share
from teacache.study.loop import Loop
from teacache.study.schedules import Schedule
from teacache.study.walk import Reuse, walk

_GRID = (1, 2, 3, 5, 8, 12, 18, 26, 36, 46)  # of 50 steps; others in proportion
_GRID_STEPS = 50


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One run as its outputs lie to each other, and what a change of each step's output does in the end."""

    gram: np.ndarray  # (N, N) products of the guided outputs
    weights: np.ndarray  # (N,) change of the final latents per change of the output at that step
    size: int  # values in the latents

    @property
    def steps(self) -> int:
        """How many steps the run has."""
        return len(self.gram)

    def error(self, schedule: Schedule, reuse: Reuse) -> float:
        """Mean squared error of the final latents, estimated."""
        taken = _taken(schedule, reuse) - np.eye(self.steps)
        moved = taken * self.weights[:, None]
        spans = np.cumsum(schedule) - 1  # which computed step each step goes back to
        sums = np.zeros((spans[-1] + 1, self.steps))
        np.add.at(sums, spans, moved)
        return float(max(0.0, np.sum((sums @ self.gram) * sums)) / self.size)

    def spans(self) -> np.ndarray:
        """(N + 1, N + 1): [i, j] is the estimated error when the steps between i and j reuse step i."""
        steps = self.steps
        errors = np.full((steps + 1, steps + 1), np.inf)
        for i in range(steps):
            total = np.zeros(steps)
            for j in range(i + 1, steps + 1):
                errors[i, j] = np.sqrt(max(0.0, total @ self.gram @ total) / self.size)
                if j < steps:
                    total[i] += self.weights[j]
                    total[j] -= self.weights[j]
        return errors


def grid(steps: int) -> tuple[int, ...]:
    """The steps at which growth is measured: close together at the start, where it changes most."""
    return tuple(sorted({max(1, min(steps - 1, round(n * steps / _GRID_STEPS))) for n in _GRID}))


def growth(loop: Loop) -> Generator[None, None, np.ndarray]:
    """(N,): by how much an error of each step grows until the end; a pause after every computed step.

    At the steps of the grid it is what reusing that step alone does to the final latents, over what it does
    to the latents right behind it; in between it is interpolated.
    """
    alone = {tuple(n != step for n in range(loop.steps)): step for step in grid(loop.steps)}
    near, _ = _local(loop)
    lengths: dict[int, float] = {}
    for done in walk(loop, list(alone), Reuse(kept="output")):
        if done is None:
            yield
            continue
        step = alone[done[0]]
        lengths[step] = _length(done[1] - loop.final) / max(near[step], 1e-12)
    steps = sorted(lengths)
    logs = np.log([max(lengths[step], 1e-6) for step in steps])
    return np.exp(np.interp(np.arange(loop.steps), steps, logs))


def profile(loop: Loop, grown: np.ndarray) -> Profile:
    """The profile of this run; growth may be that of another prompt, which it hardly depends on."""
    near, outputs = _local(loop)
    gram = outputs @ outputs.T
    apart = np.sqrt(np.maximum(0.0, _apart(gram)))
    weights = grown * near / np.maximum(apart, 1e-12)
    weights[0] = 0.0
    return Profile(gram=gram, weights=weights, size=loop.final.numel())


def _local(loop: Loop) -> tuple[np.ndarray, np.ndarray]:
    """(N,) how far reusing the last output alone moves the latents right behind each step, and (N, D) the
    outputs as the scheduler was given them.
    """
    state, near = loop.start, np.zeros(loop.steps)
    for step in range(loop.steps):
        right = loop.advance(step, state, loop.outputs(step))
        if step:
            wrong = loop.advance(step, state, loop.outputs(step - 1))
            near[step] = _length(wrong.latents - right.latents)
        state = right
    rows = [step.given[0].flatten().double().cpu() for step in loop.recorded]
    return near, torch.stack(rows).numpy()


def _length(tensor: torch.Tensor) -> float:
    norm = cast(torch.Tensor, tensor.float().norm())
    return float(norm)


def _apart(gram: np.ndarray) -> np.ndarray:
    """(N,) squared distance of each output to the one before; that of the first is 1."""
    size = np.diag(gram)
    return np.concatenate([[1.0], size[1:] + size[:-1] - 2 * np.diag(gram, 1)])


def _taken(schedule: Schedule, reuse: Reuse) -> np.ndarray:
    """(N, N): in row n, how much of each step's output is taken at step n."""
    taken = np.zeros((len(schedule),) * 2)
    last: list[int] = []  # computed steps, the latest first
    for step, computed in enumerate(schedule):
        if computed:
            last = [step, *last[: reuse.order]]
        on = None if computed else share(step, tuple(last), reuse.reach)
        taken[step, last[0]] = 1.0 if on is None else 1.0 + on
        if on is not None:
            taken[step, last[1]] = -on
    return taken
