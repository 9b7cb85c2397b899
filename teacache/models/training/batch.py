"""Generates many clips, in several single-threaded processes where that is faster.

Knows pipelines and prompts; knows nothing of what the clips are for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.multiprocessing as mp


@dataclass(frozen=True)
class Recipe:
    """How clips are generated; a `shift` of None leaves the folder's own.

    `open` and `generate` are functions of a module, so that other processes find them: `open(folder, shift)`
    gives a pipeline, `generate(pipeline, prompt, seed=, steps=, guidance=)` a clip (F, 3, H, W) in [-1, 1].
    """

    folder: Path
    steps: int
    guidance: float
    open: Callable[[Path, float | None], Any]
    generate: Callable[..., torch.Tensor]
    shift: float | None = None


def generate_all(recipe: Recipe, jobs: list[tuple[str, int]], *, workers: int = 1) -> Iterator[torch.Tensor]:
    """Clips (F, 3, H, W) in [-1, 1] for (prompt, seed) pairs, in their order."""
    if workers == 1:
        pipeline = recipe.open(recipe.folder, recipe.shift)
        for prompt, seed in jobs:
            yield recipe.generate(pipeline, prompt, seed=seed, steps=recipe.steps, guidance=recipe.guidance)
        return
    with mp.get_context("spawn").Pool(workers, _start, (recipe,)) as pool:
        yield from pool.imap(_work, jobs)


_worker: dict[str, Any] = {}  # what a pool's process keeps between jobs


def _start(recipe: Recipe) -> None:
    torch.set_num_threads(1)
    _worker.update(recipe=recipe, pipeline=recipe.open(recipe.folder, recipe.shift))


def _work(job: tuple[str, int]) -> torch.Tensor:
    recipe, (prompt, seed) = _worker["recipe"], job
    return recipe.generate(
        _worker["pipeline"], prompt, seed=seed, steps=recipe.steps, guidance=recipe.guidance
    )
