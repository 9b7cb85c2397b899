"""Judges clips of the trained pipeline by their pixels, half of unseen combinations (training/evaluation.py).

Knows Scenes' words, scenes and judge.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import torch

from teacache.models.scenes.data import (
    JITTERS,
    THINGS,
    Scene,
    Split,
    caption,
    combinations,
    sample_scene,
)
from teacache.models.scenes.eye import WORDS
from teacache.models.scenes.eye_lessons import looked_at_windows
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
    """The frames of a clip that the judge looks at: it takes them for all of it."""
    return torch.cat([render([scene], window=window)[0].transpose(0, 1) for window in looked_at_windows()])


WORLD = World(
    words=WORDS,
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
