"""Judges clips of the shipped pipeline by their pixels, half of unseen combinations (training/evaluation.py).

Knows Shapes' words, scenes and judge.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import torch

from teacache.models.shapes.data import (
    COLOR_NAMES,
    MOTIONS,
    SHAPES,
    Scene,
    Split,
    caption,
    combinations,
    sample_scene,
)
from teacache.models.shapes.judge import judge
from teacache.models.shapes.render import render
from teacache.models.shapes.sample import ASSETS, GUIDANCE, STEPS, generate, open_pipeline
from teacache.models.training.batch import Recipe
from teacache.models.training.evaluation import World, run_from_command_line


def balanced_scenes(count: int, *, split: Split, seed: int) -> list[Scene]:
    """Random scenes of a split, motions and as far as possible shapes taking turns."""
    rng, scenes = random.Random(f"{seed}/{split}"), []
    for i in range(count):
        motion, turn = MOTIONS[i % len(MOTIONS)], i // len(MOTIONS)
        choices = [combo for combo in combinations(split) if combo[2] == motion]
        wanted = [combo for combo in choices if combo[1] == SHAPES[(i + turn) % len(SHAPES)]] or choices
        color, shape, _ = rng.choice(wanted)
        background = rng.choice([name for name in COLOR_NAMES if name != color])
        scenes.append(Scene(color, shape, motion, background, (rng.random(), rng.random(), rng.random())))
    return scenes


def _render(scene: Scene) -> torch.Tensor:
    return render([scene])[0]


WORLD = World(
    words={"color": COLOR_NAMES, "background": COLOR_NAMES, "shape": SHAPES, "motion": MOTIONS},
    grouped=("motion", "shape"),
    caption=caption,
    sample_scene=sample_scene,
    balanced=balanced_scenes,
    render=_render,
    judge=judge,
)
RECIPE = Recipe(ASSETS, STEPS, GUIDANCE, open_pipeline, generate)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    name = "python -m teacache.models.shapes.evaluate"
    run_from_command_line(WORLD, RECIPE, prog=name, arguments=arguments)


if __name__ == "__main__":
    main()
