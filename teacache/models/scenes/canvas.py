"""A picture in progress: clips of one kind, painted in layers with soft edges.

Knows coordinates, distances and colors; knows nothing of places or things. Lengths are in widths of the
frame, x to the right and y downwards, both from 0 to 1; time runs from 0 to 1. Tensors broadcast to
(N, C, F, H, W).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from teacache.models.scenes.data import FRAMES, SIZE

EDGE = 1.3 / SIZE  # over which an outline fades


@dataclass(frozen=True)
class Window:
    """The part of a clip to draw: a square of pixels during some frames."""

    left: int = 0
    top: int = 0
    size: int = SIZE
    first: int = 0
    frames: int = FRAMES

    def of(self, clip: torch.Tensor) -> torch.Tensor:
        """This part of a whole clip (C, F, H, W)."""
        down, across = slice(self.top, self.top + self.size), slice(self.left, self.left + self.size)
        return clip[:, self.first : self.first + self.frames, down, across]


class Canvas:
    """Colors (N, 3, F, H, W) in [0, 1] and the coordinates of their pixels."""

    def __init__(self, rgb: torch.Tensor, window: Window) -> None:
        device = rgb.device

        def pixels(start: int, number: int) -> torch.Tensor:
            return (torch.arange(start, start + number, device=device) + 0.5) / SIZE

        self.x = pixels(window.left, window.size)[None, None, None, None, :]
        self.y = pixels(window.top, window.size)[None, None, None, :, None]
        frames = torch.arange(window.first, window.first + window.frames, device=device)
        self.time = (frames / (FRAMES - 1))[None, None, :, None, None]
        self.rgb = rgb

    def paint(self, color: torch.Tensor, cover: torch.Tensor) -> None:
        """Lay a color over the picture where `cover` (0 to 1) says."""
        self.rgb = torch.lerp(self.rgb, color.expand_as(self.rgb), cover.expand_as(self.rgb))

    def light(self, color: torch.Tensor, amount: torch.Tensor) -> None:
        """Add light of a color, as a lamp or a glow does: nothing gets brighter than white."""
        self.rgb = self.rgb + (1 - self.rgb) * (color * amount)


def color(*rgb: float, like: torch.Tensor) -> torch.Tensor:
    """A color as a tensor that broadcasts, on the device of another."""
    return torch.tensor(rgb, device=like.device)[None, :, None, None, None]


def inside(distance: torch.Tensor, edge: float | torch.Tensor = EDGE) -> torch.Tensor:
    """How much of a pixel lies within an outline, from its signed distance (negative inside)."""
    return (0.5 - distance / edge).clamp(0, 1)


def length(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Of vectors; torch.hypot guards against overflow, which nothing here is near, and is slow."""
    return (x * x + y * y).sqrt()


def bell(away: torch.Tensor) -> torch.Tensor:
    """A glow that fades as exp(-away^2); far off it stays above the smallest floats, which are slow."""
    return torch.exp(-(away * away).clamp(max=40))


def circle(x: torch.Tensor, y: torch.Tensor, radius: float | torch.Tensor) -> torch.Tensor:
    """Signed distance to a circle around the origin."""
    return length(x, y) - radius


def ellipse(x: torch.Tensor, y: torch.Tensor, wide: float, high: float) -> torch.Tensor:
    """Signed distance, nearly, to an ellipse around the origin: right at the outline, rough far away."""
    level = length(x / wide, y / high)
    slope = length(x / wide**2, y / high**2).clamp(min=1e-6)
    return level * (level - 1) / slope


def box(x: torch.Tensor, y: torch.Tensor, wide: float, high: float, rounding: float = 0.0) -> torch.Tensor:
    """Signed distance to a box of these half sides around the origin, its corners rounded."""
    across, down = x.abs() - (wide - rounding), y.abs() - (high - rounding)
    outer = length(across.clamp(min=0), down.clamp(min=0))
    return outer + torch.maximum(across, down).clamp(max=0) - rounding


def capsule(
    x: torch.Tensor, y: torch.Tensor, start: Sequence[float], end: Sequence[float], radius: float
) -> torch.Tensor:
    """Signed distance to a thick line with round ends."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    along = (((x - start[0]) * dx + (y - start[1]) * dy) / (dx * dx + dy * dy)).clamp(0, 1)
    return length(x - start[0] - along * dx, y - start[1] - along * dy) - radius


def convex(x: torch.Tensor, y: torch.Tensor, corners: Sequence[Sequence[float]]) -> torch.Tensor:
    """Distance to the nearest side line of a convex polygon, clockwise as seen; right near the outline."""
    far = None
    for (ax, ay), (bx, by) in zip(corners, [*corners[1:], corners[0]], strict=True):
        side_length = math.hypot(bx - ax, by - ay)
        side = ((x - ax) * (by - ay) - (y - ay) * (bx - ax)) / side_length
        far = side if far is None else torch.maximum(far, side)
    return far


def union(*distances: torch.Tensor) -> torch.Tensor:
    """Signed distance to several shapes taken together."""
    nearest = distances[0]
    for distance in distances[1:]:
        nearest = torch.minimum(nearest, distance)
    return nearest


def scattered(number: torch.Tensor) -> torch.Tensor:
    """Whole numbers to fixed, random-looking numbers in [0, 1)."""
    return (torch.sin(number * 12.9898 + 4.1414) * 43758.5453).frac().abs()
