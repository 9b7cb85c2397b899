"""Says from pixels alone what a clip shows: place, time, thing, color, motion. It is not told the words.

Knows clips and the eye that was taught on renderings (eye.py). What that finds unclear is None.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from teacache.models.scenes.data import ATTRIBUTES, Scene
from teacache.models.scenes.eye import WORDS, looked_at, trained_eye

SURE = 0.5  # least probability of an answer that counts


@dataclass(frozen=True)
class Verdict:
    """What was seen; None where it was not clear. `sure` is the probability of the least sure answer."""

    color: str | None
    thing: str | None
    motion: str | None
    place: str | None
    time: str | None
    sure: float

    def matches(self, scene: Scene) -> dict[str, bool]:
        """Which attributes are as the scene says, and whether all are."""
        right = {name: getattr(self, name) == getattr(scene, name) for name in ATTRIBUTES}
        return {**right, "all": all(right.values())}


def judge(clip: torch.Tensor) -> Verdict:
    """Look at five frames of a clip (F, 3, H, W) in [-1, 1], from its first to its last."""
    best = [scores.softmax(1).max(1) for scores in trained_eye()(looked_at(clip)[None])]
    sure = [float(each.values) for each in best]
    answers = {
        name: (*words, None)[int(each.indices)] if probability >= SURE else None
        for (name, words), each, probability in zip(WORDS.items(), best, sure, strict=True)
    }
    return Verdict(**answers, sure=round(min(sure), 3))
