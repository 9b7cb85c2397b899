"""The judge's eye: a small network, taught on renderings, that tells what a clip shows or that it is unclear.

Knows pixels and the grammar's words; knows nothing of prompts, models or how it was taught (eye_training.py).
"""

from __future__ import annotations

import functools
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import nn

from teacache.models.scenes.data import COLORS, MOTIONS, PLACES, SIZE, THINGS, TIMES

WEIGHTS = Path(__file__).with_name("eye.safetensors")
LOOKS = 5  # frames, from the first to the last
SIDE = SIZE // 2  # pixels of a frame as it is looked at
WORDS = {"color": COLORS, "thing": THINGS, "motion": MOTIONS, "place": PLACES, "time": TIMES}
UNCLEAR = {name: len(words) for name, words in WORDS.items()}  # the answer after those with a word
_ANSWERS = [len(words) + 1 for words in WORDS.values()]


class Eye(nn.Module):
    """All frames at once through a few convolutions: what moves is seen by comparing them (0.3 M)."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        widths = (LOOKS * 3, 24, 40, 48, 64, 64, 96)
        strides = (2, 2, 1, 2, 1, 2)
        for i, stride in enumerate(strides):
            side = 5 if i == 0 else 3
            layers += [
                nn.Conv2d(widths[i], widths[i + 1], side, stride, side // 2, bias=False),
                nn.BatchNorm2d(widths[i + 1]),
                nn.ReLU(),
            ]
        self.seen = nn.Sequential(*layers, nn.Flatten())
        self.thought = nn.Sequential(nn.Linear(widths[-1] * (SIDE // 16) ** 2, 96), nn.ReLU())
        self.said = nn.Linear(96, sum(_ANSWERS))

    def forward(self, frames: torch.Tensor) -> list[torch.Tensor]:
        """Scores (N, words + 1) of every attribute, in WORDS' order. frames: (N, 5, 3, 64, 64), -1 to 1."""
        return list(self.said(self.thought(self.seen(frames.flatten(1, 2)))).split(_ANSWERS, 1))


def looked_at(clip: torch.Tensor) -> torch.Tensor:
    """What the eye sees of a clip (F, 3, H, W) in [-1, 1]: some frames, small: (5, 3, 64, 64)."""
    chosen = torch.linspace(0, len(clip) - 1, LOOKS).round().long()
    return F.adaptive_avg_pool2d(clip[chosen].float().clamp(-1, 1), SIDE)


@functools.cache
def trained_eye() -> Eye:
    """The eye as it ships."""
    eye = Eye()
    eye.load_state_dict({name: value.float() for name, value in load_file(WEIGHTS).items()}, strict=False)
    return eye.eval().requires_grad_(False)
