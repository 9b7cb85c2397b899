"""Judges clips of the trained pipeline by their pixels, half of unseen combinations (training/evaluation.py).

Knows Scenes' words, scenes and judge.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import torch

from teacache.models.scenes.data import (
    COLORS,
    JITTERS,
    MOTIONS,
    PLACES,
    THINGS,
    TIMES,
    Scene,
    Split,
    caption,
    combinations,
    sample_scene,
)
from teacache.models.scenes.judge import judge
from teacache.models.scenes.render import render
from teacache.models.scenes.sample import ASSETS, GUIDANCE, STEPS, generate, open_pipeline
from teacache.models.training.batch import Recipe
from teacache.models.training.evaluation import World, run_from_command_line


def balanced_scenes(count: int, *, split: Split, seed: int) -> list[Scene]:
    """Random scenes of a split, things taking turns."""
    rng = random.Random(f"{seed}/{split}")
    by_thing = {thing: [s for s in combinations(split) if s.thing == thing] for thing in THINGS}
    chosen = [rng.choice(by_thing[THINGS[i % len(THINGS)]]) for i in range(count)]
    return [replace(scene, jitter=tuple(rng.random() for _ in range(JITTERS))) for scene in chosen]


def _render(scene: Scene) -> torch.Tensor:
    return render([scene])[0].transpose(0, 1)


WORLD = World(
    words={"color": COLORS, "thing": THINGS, "motion": MOTIONS, "place": PLACES, "time": TIMES},
    grouped=("thing", "motion", "place", "time"),
    caption=caption,
    sample_scene=sample_scene,
    balanced=balanced_scenes,
    render=_render,
    judge=judge,
    columns=2,
    frames=5,
)
RECIPE = Recipe(ASSETS, STEPS, GUIDANCE, open_pipeline, generate)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    name = "python -m teacache.models.scenes.evaluate"
    run_from_command_line(WORLD, RECIPE, prog=name, arguments=arguments)


if __name__ == "__main__":
    main()
