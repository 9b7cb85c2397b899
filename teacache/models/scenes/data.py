"""What the clips are about: the grammar, its words, captions and the held-out rule.

Knows names and random numbers; knows no pixels and no tensors (see render.py), and does not import torch.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import Literal

FRAMES = 17
SIZE = 128  # pixels, both ways

COLORS = ("red", "yellow", "green", "blue", "purple", "white")
TIMES = ("dawn", "day", "dusk", "night")
PLACES = ("sea", "hills", "desert", "snow", "city")
# Where a thing is at home: in the air over every place, on the water, or on land.
REALMS = {"balloon": "air", "bird": "air", "boat": "water", "whale": "water", "car": "land", "train": "land"}
THINGS = tuple(REALMS)
MOTIONS = ("moving left", "moving right", "coming closer", "rising", "sinking")
GRAMMAR = "a <color> <thing> <motion> over|on|in the <place> at <time>"

# Every word the tokenizer knows, in the order of its ids, which the trained text encoder relies on; anything
# else becomes <unk>.
WORDS = (
    "a", "an", "the", "at", "over", "on", "in", "by",
    *COLORS, *TIMES, *PLACES, *THINGS,
    "moving", "left", "right", "coming", "closer", "rising", "sinking",
)  # fmt: skip
VOCABULARY = frozenset(WORDS)

JITTERS = 12  # numbers that words leave open: layout, size, path

Split = Literal["train", "held_out", "all"]
ATTRIBUTES = ("color", "thing", "motion", "place", "time")


@dataclass(frozen=True)
class Scene:
    """One clip in words, plus what they leave open as numbers in [0, 1) (see course.py and places.py)."""

    color: str
    thing: str
    motion: str
    place: str
    time: str
    jitter: tuple[float, ...] = (0.5,) * JITTERS


def places_of(thing: str) -> tuple[str, ...]:
    """Where a thing can be."""
    realm = REALMS[thing]
    if realm == "air":
        return PLACES
    return tuple(place for place in PLACES if (place == "sea") == (realm == "water"))


def motions_of(thing: str) -> tuple[str, ...]:
    """How a thing can move: up and down only in the air."""
    return MOTIONS if REALMS[thing] == "air" else MOTIONS[:3]


def is_held_out(scene: Scene) -> bool:
    """Whether this combination is kept out of all training: about one in seven.

    Every pair of a thing's words is seen. Raises ValueError for a word outside the grammar.
    """
    grammar = {"color": COLORS, "thing": THINGS, "motion": MOTIONS, "place": PLACES, "time": TIMES}
    number = {}
    for name, words in grammar.items():
        word = getattr(scene, name)
        if word not in words:
            raise ValueError(f"{word!r} is not one of {', '.join(words)}")
        number[name] = words.index(word)
    weights = {"color": 1, "thing": 2, "motion": 3, "place": 4, "time": 5}
    return sum(weights[name] * number[name] for name in grammar) % 7 == 0


def combinations(split: Split = "all") -> list[Scene]:
    """All captions of a split, as scenes with everything else in the middle, in a fixed order."""
    every = (
        Scene(color, thing, motion, place, time)
        for thing in THINGS
        for color in COLORS
        for motion in motions_of(thing)
        for place in places_of(thing)
        for time in TIMES
    )
    return [scene for scene in every if split == "all" or is_held_out(scene) == (split == "held_out")]


def sample_scene(rng: random.Random, *, split: Split = "train") -> Scene:
    """A random scene of a split: every thing as often as another, then its motions, places and the rest."""
    while True:
        thing = rng.choice(THINGS)
        motion, place = rng.choice(motions_of(thing)), rng.choice(places_of(thing))
        jitter = tuple(rng.random() for _ in range(JITTERS))
        scene = Scene(rng.choice(COLORS), thing, motion, place, rng.choice(TIMES), jitter)
        if split == "all" or is_held_out(scene) == (split == "held_out"):
            return scene


def caption(scene: Scene) -> str:
    """The full caption, e.g. "a red balloon rising over the hills at dusk"."""
    return f"{_subject(scene)} {scene.motion} {_where(scene)} {_when(scene)}"


def training_caption(scene: Scene, rng: random.Random) -> str:
    """The full caption four times in five, else one that leaves something out."""
    draw = rng.random()
    if draw < 0.80:
        return caption(scene)
    if draw < 0.86:
        return f"{_subject(scene)} {_where(scene)} {_when(scene)}"
    if draw < 0.92:
        return f"{_subject(scene)} {scene.motion} {_where(scene)}"
    if draw < 0.96:
        return f"{_subject(scene)} {scene.motion} {_when(scene)}"
    return f"{_subject(scene)} {scene.motion}"


def example_prompts() -> list[str]:
    """Eight full captions that show every color, thing, motion, place and time; first what it does best."""
    scenes = [
        Scene("white", "boat", "moving left", "sea", "night"),
        Scene("blue", "car", "moving right", "desert", "day"),
        Scene("red", "balloon", "rising", "hills", "dusk"),
        Scene("yellow", "bird", "coming closer", "snow", "dawn"),
        Scene("green", "train", "moving left", "city", "night"),
        Scene("purple", "balloon", "sinking", "sea", "dawn"),
        Scene("blue", "whale", "moving right", "sea", "day"),
        Scene("red", "car", "coming closer", "snow", "dusk"),
    ]
    return [caption(scene) for scene in scenes]


def unknown_words(prompt: str) -> list[str]:
    """The words of a prompt that the model was never taught, in order, without repeats."""
    words = re.findall(r"[^\s,.;:!?]+", prompt.lower())
    return list(dict.fromkeys(word for word in words if word not in VOCABULARY))


def _subject(scene: Scene) -> str:
    return f"{'an' if scene.color[0] in 'aeiou' else 'a'} {scene.color} {scene.thing}"


def _where(scene: Scene) -> str:
    realm = REALMS[scene.thing]
    return f"{'over' if realm == 'air' else 'on' if realm == 'water' else 'in'} the {scene.place}"


def _when(scene: Scene) -> str:
    return "by day" if scene.time == "day" else f"at {scene.time}"
