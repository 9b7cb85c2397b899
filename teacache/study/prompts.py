"""Prompts to calibrate and to judge on, two sets that never meet. Knows text only."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from teacache.errors import RequestError
from teacache.models.catalog import ROOT
from teacache.models.scenes import data as scenes
from teacache.models.shapes import data as shapes

PROMPTS = ROOT / "assets" / "prompts"
Purpose = Literal["calibration", "evaluation"]
SEEDS: dict[Purpose, int] = {
    "calibration": 100_000,
    "evaluation": 200_000,
}  # of the noise; never the same either


def prompts_for(
    purpose: Purpose, count: int, *, file: str | Path | None = None, seed: int = 0, model: str = "shapes"
) -> list[str]:
    """`count` prompts for one purpose, in a fixed random order.

    Of the lines of a text file, and of the captions that an embedded model understands, every second one is
    for either purpose; other models have a file for each in assets/prompts. Raises RequestError if there are
    too few, or the count is no count.
    """
    if count < 1:
        raise RequestError(f"{count} prompts for {purpose} are none: ask for at least 1.")
    if file is None and model not in CAPTIONS:
        mine = _shuffled(_lines(PROMPTS / f"{purpose}.txt"), seed)
    else:
        pool = _shuffled(CAPTIONS[model]() if file is None else _lines(Path(file)), seed)
        mine = pool[0 if purpose == "calibration" else 1 :: 2]
    if len(mine) < count:
        raise RequestError(
            f"{count} prompts are wanted for {purpose}, but there are {len(mine)}: give more prompts."
        )
    return mine[:count]


def noise_seed(purpose: Purpose, index: int, *, seed: int = 0) -> int:
    """The seed of the noise of the prompt at `index`."""
    return SEEDS[purpose] + 1000 * seed + index


def _shuffled(pool: list[str], seed: int) -> list[str]:
    random.Random(f"{seed}/prompts").shuffle(pool)
    return pool


def _captions_of_shapes() -> list[str]:
    return [
        shapes.caption(shapes.Scene(color, shape, motion, background))
        for color, shape, motion in shapes.combinations()
        for background in shapes.COLOR_NAMES
        if background != color
    ]


def _captions_of_scenes() -> list[str]:
    return [scenes.caption(scene) for scene in scenes.combinations()]


# All that an embedded model understands: it was taught no other words.
CAPTIONS: dict[str, Callable[[], list[str]]] = {"shapes": _captions_of_shapes, "scenes": _captions_of_scenes}


def _lines(path: Path) -> list[str]:
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"The prompts in {path} cannot be read: {error}.") from error
    return list(dict.fromkeys(line for line in lines if line))
