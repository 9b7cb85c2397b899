"""Where the thing is and how large, and how far the camera has moved, at every time of a clip.

Knows scenes and numbers; knows no pixels. Lengths are in widths of the frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from teacache.models.scenes.data import REALMS, Scene

# What the numbers of Scene.jitter decide, by their place.
SIZE_, ACROSS, HEIGHT, FACING, PAN, SUN, PHASE_1, PHASE_2, PHASE_3, SPOTS, CLOUDS, REACH = range(12)

RADII = {"balloon": 0.150, "bird": 0.150, "boat": 0.165, "whale": 0.180, "car": 0.165, "train": 0.185}
# Heights of the middle: a boat shows its hull over the nearest wave, a whale swims behind it.
AIR, LAND = (0.22, 0.48), (0.80, 0.83)
LEVELS = {
    "balloon": AIR,
    "bird": AIR,
    "boat": (0.645, 0.685),
    "whale": (0.66, 0.72),
    "car": LAND,
    "train": LAND,
}


@dataclass(frozen=True)
class Course:
    """Center, radius and facing (1 right, -1 left): each broadcasts to (N, 1, F, 1, 1)."""

    x: torch.Tensor
    y: torch.Tensor
    radius: torch.Tensor
    facing: torch.Tensor


def jitters(scenes: Sequence[Scene], device: str | torch.device = "cpu") -> list[torch.Tensor]:
    """The scenes' open numbers: one tensor (N, 1, 1, 1, 1) per place in `Scene.jitter`."""
    table = torch.tensor([scene.jitter for scene in scenes], device=device)
    return list(table.T[:, :, None, None, None, None])


def camera(jitter: list[torch.Tensor], time: torch.Tensor) -> torch.Tensor:
    """How far the nearest ground has moved under the camera: (N, 1, F, 1, 1)."""
    speed = jitter[PAN] * 2 - 1
    return 0.22 * (speed.sign() * (0.35 + 0.65 * speed.abs())) * time


def growth(time: torch.Tensor | float) -> torch.Tensor | float:
    """How large a thing that comes closer is, against its usual size."""
    return 0.42 + 0.93 * time**1.3


def course(scenes: Sequence[Scene], jitter: list[torch.Tensor], time: torch.Tensor) -> Course:
    """The paths of things of one kind."""
    thing = scenes[0].thing
    device = time.device

    def having(motion: str) -> torch.Tensor:
        flags = torch.tensor([float(scene.motion == motion) for scene in scenes], device=device)
        return flags.reshape(-1, 1, 1, 1, 1)

    left, right, closer, up, down = (
        having(motion) for motion in ("moving left", "moving right", "coming closer", "rising", "sinking")
    )
    low, high = LEVELS[thing]
    radius = RADII[thing] * (0.92 + 0.16 * jitter[SIZE_])
    travel = 0.60 + 0.10 * jitter[REACH]
    level = low + (high - low) * jitter[HEIGHT]
    middle = 0.36 + 0.28 * jitter[ACROSS]
    straight = (time - 0.5) * travel
    x = torch.where(left + right > 0, 0.5 + (right - left) * straight, middle)
    fall = (down - up) * (time - 0.5) * 0.56
    y = torch.where(up + down > 0, 0.46 + fall, level)
    grown = growth(time)
    if REALMS[thing] != "air":  # what comes closer on the ground starts farther up
        y = y - closer * (1 - grown).clamp(min=-0.2) * radius * 0.5
    facing = torch.where(jitter[FACING] < 0.5, -1.0, 1.0)
    facing = torch.where(left + right > 0, right - left, facing)
    return Course(x, y, torch.where(closer > 0, radius * grown, radius), facing)
