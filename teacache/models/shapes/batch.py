"""Generates many clips, in several single-threaded processes where that is faster.

Knows pipelines and prompts; knows nothing of what the clips are for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.multiprocessing as mp
from diffusers import LattePipeline

from teacache.models.shapes.sample import GUIDANCE, STEPS, generate, load_pipeline


@dataclass(frozen=True)
class Recipe:
    """How clips are generated; a `shift` of None leaves the folder's own."""

    folder: Path
    steps: int = STEPS
    guidance: float = GUIDANCE
    shift: float | None = None


def generate_all(recipe: Recipe, jobs: list[tuple[str, int]], *, workers: int = 1) -> Iterator[torch.Tensor]:
    """Clips (16, 3, 64, 64) in [-1, 1] for (prompt, seed) pairs, in their order."""
    if workers == 1:
        pipeline = _open(recipe)
        for prompt, seed in jobs:
            yield generate(pipeline, prompt, seed=seed, steps=recipe.steps, guidance=recipe.guidance)
        return
    with mp.get_context("spawn").Pool(workers, _start, (recipe,)) as pool:
        yield from pool.imap(_work, jobs)


def _open(recipe: Recipe) -> LattePipeline:
    pipeline = load_pipeline(recipe.folder)
    if recipe.shift is not None:
        pipeline.scheduler.register_to_config(flow_shift=recipe.shift)
    return pipeline


_worker: dict[str, object] = {}  # what a pool's process keeps between jobs


def _start(recipe: Recipe) -> None:
    torch.set_num_threads(1)
    _worker.update(recipe=recipe, pipeline=_open(recipe))


def _work(job: tuple[str, int]) -> torch.Tensor:
    recipe, (prompt, seed) = _worker["recipe"], job
    return generate(_worker["pipeline"], prompt, seed=seed, steps=recipe.steps, guidance=recipe.guidance)
