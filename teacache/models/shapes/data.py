"""What the clips are about: the grammar, its words, captions and the held-out rule.

Knows names and random numbers; knows no pixels and no tensors (see render.py), and does not import torch.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass
from typing import Literal

from teacache.models.vocabulary import unknown

FRAMES = 16
SIZE = 64  # pixels, both ways

COLORS: dict[str, tuple[float, float, float]] = {  # RGB in [0, 1]
    "red": (0.88, 0.12, 0.14),
    "green": (0.10, 0.62, 0.22),
    "blue": (0.13, 0.27, 0.85),
    "yellow": (0.97, 0.84, 0.12),
    "orange": (0.97, 0.50, 0.07),
    "purple": (0.52, 0.15, 0.68),
    "white": (0.97, 0.97, 0.97),
    "black": (0.05, 0.05, 0.06),
}
COLOR_NAMES = tuple(COLORS)
SHAPES = ("ball", "square", "triangle", "star", "heart")
MOTIONS = (
    "moving left", "moving right", "moving up", "moving down",
    "bouncing", "circling", "growing", "shrinking",
)  # fmt: skip
GRAMMAR = "a <color> <shape> <motion> on a <color> background"

# Every word the tokenizer knows, in the order of its ids, which the trained text encoder relies on; anything
# else becomes <unk>.
WORDS = (
    "a", "an", "on", "background",
    *COLOR_NAMES,
    *SHAPES,
    "bouncing", "down", "growing", "left", "moving", "right", "shrinking", "circling", "up",
)  # fmt: skip
VOCABULARY = frozenset(WORDS)

Split = Literal["train", "held_out", "all"]


@dataclass(frozen=True)
class Scene:
    """One clip in words, plus what they leave open as numbers in [0, 1): size, place across, place along."""

    color: str
    shape: str
    motion: str
    background: str
    jitter: tuple[float, float, float] = (0.5, 0.5, 0.5)


def is_held_out(color: str, shape: str, motion: str) -> bool:
    """Whether this combination is kept out of all training: one in seven, every pair of words being seen.

    Raises ValueError for a word outside the grammar.
    """
    for word, words in ((color, COLOR_NAMES), (shape, SHAPES), (motion, MOTIONS)):
        if word not in words:
            raise ValueError(f"{word!r} is not one of {', '.join(words)}")
    c, s, m = COLOR_NAMES.index(color), SHAPES.index(shape), MOTIONS.index(motion)
    return (c + 2 * s + 3 * m) % 7 == 0


def combinations(split: Split = "all") -> list[tuple[str, str, str]]:
    """All (color, shape, motion) of a split, in a fixed order."""
    every = itertools.product(COLOR_NAMES, SHAPES, MOTIONS)
    return [combo for combo in every if split == "all" or is_held_out(*combo) == (split == "held_out")]


def sample_scene(rng: random.Random, *, split: Split = "train") -> Scene:
    """A random scene of a split; the background is any other color."""
    color, shape, motion = rng.choice(_COMBINATIONS[split])
    background = rng.choice([name for name in COLOR_NAMES if name != color])
    return Scene(color, shape, motion, background, (rng.random(), rng.random(), rng.random()))


def caption(scene: Scene) -> str:
    """The full caption, e.g. "a red ball bouncing on a green background"."""
    return f"{_article(scene.color)} {scene.shape} {scene.motion} on {_article(scene.background)} background"


def training_caption(scene: Scene, rng: random.Random) -> str:
    """The full caption three times in four, else one without the background, the motion or both."""
    draw = rng.random()
    if draw < 0.75:
        return caption(scene)
    subject = f"{_article(scene.color)} {scene.shape}"
    if draw < 0.90:
        return f"{subject} {scene.motion}"
    if draw < 0.95:
        return f"{subject} on {_article(scene.background)} background"
    return subject


def example_prompts() -> list[str]:
    """Eight full captions that show every color, every shape and every motion."""
    scenes = [
        Scene("red", "ball", "bouncing", "blue"),
        Scene("yellow", "star", "circling", "purple"),
        Scene("white", "heart", "growing", "red"),
        Scene("green", "square", "moving right", "white"),
        Scene("orange", "triangle", "moving up", "black"),
        Scene("purple", "heart", "shrinking", "yellow"),
        Scene("blue", "star", "moving left", "orange"),
        Scene("black", "square", "moving down", "green"),
    ]
    return [caption(scene) for scene in scenes]


def unknown_words(prompt: str) -> list[str]:
    """The words of a prompt that the model was never taught, in order, without repeats."""
    return unknown(prompt, VOCABULARY)


def _article(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


_COMBINATIONS: dict[Split, list[tuple[str, str, str]]] = {
    "train": combinations("train"),
    "held_out": combinations("held_out"),
    "all": combinations("all"),
}
