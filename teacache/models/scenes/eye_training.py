"""Teaches the judge's eye on renderings and writes its weights: 13 minutes on one busy core.

    python -m teacache.models.scenes.eye_training

Knows the eye and its lessons. The clips of `evaluate --check` and of the tests are drawn from other seeds.
The weights that ship are those of this command.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from tqdm import tqdm

from teacache.models.scenes.eye import WEIGHTS, Eye
from teacache.models.scenes.eye_lessons import IGNORED, draw_lesson, draw_pictures
from teacache.models.training.optim import MuonAdamW, OptimizerConfig, learning_rate_scale


@dataclass(frozen=True)
class Course:
    """How many renderings the eye is shown, and how long."""

    pictures: int = 3000
    steps: int = 1200
    batch: int = 64
    optimizer: OptimizerConfig = OptimizerConfig(adam_lr=3e-3, weight_decay=0.02)


def train_eye(course: Course, *, seed: int, report: Callable[[int, float], None]) -> Eye:
    """An eye taught from nothing; the same seed gives the same eye on the same machine."""
    torch.manual_seed(seed)
    rng, eye = random.Random(f"{seed}/lessons"), Eye()
    pictures = draw_pictures(course.pictures, seed=seed)
    matrices = [p for p in eye.parameters() if p.ndim == 4]
    others = [p for p in eye.parameters() if p.ndim != 4]
    optimizer = MuonAdamW(matrices=matrices, others=others, config=course.optimizer)
    for step in range(course.steps):
        frames, answers = draw_lesson(pictures, course.batch, rng)
        scores = eye(frames)
        loss = sum(
            F.cross_entropy(score, right, ignore_index=IGNORED)
            for score, right in zip(scores, answers.unbind(1), strict=True)
        )
        loss.backward()
        optimizer.step(learning_rate_scale(step, steps=course.steps, warmup=50, decay=0.7))
        report(step + 1, loss.item())
    return eye.eval().requires_grad_(False)


def save(eye: Eye, file: Path = WEIGHTS) -> None:
    """Write the weights in half precision."""
    state = eye.state_dict()
    save_file({name: value.half() for name, value in state.items() if value.is_floating_point()}, file)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    standard = Course()
    parser = argparse.ArgumentParser(
        prog="python -m teacache.models.scenes.eye_training",
        description="Teach the judge's eye and write its weights.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--pictures", type=int, default=standard.pictures, help="clips to draw")
    parser.add_argument("--steps", type=int, default=standard.steps, help=f"of {standard.batch} clips")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    args = parser.parse_args(arguments)
    course = Course(pictures=args.pictures, steps=args.steps)
    with tqdm(total=args.steps, mininterval=5) as bar:

        def report(_step: int, loss: float) -> None:
            bar.update()
            bar.set_postfix(loss=f"{loss:.3f}", refresh=False)

        save(train_eye(course, seed=args.seed, report=report), args.out)


if __name__ == "__main__":
    main()
