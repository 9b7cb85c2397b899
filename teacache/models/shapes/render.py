"""Draws scenes: anti-aliased flat shapes from signed distances, all frames of many clips at once.

Knows scenes and pixels; knows nothing of captions, models or training.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch

from teacache.models.shapes.data import COLORS, FRAMES, SHAPES, SIZE, Scene

EDGE = 1.5  # pixels over which an outline fades
DOT_CENTER, DOT_RADIUS = (
    (-0.36, -0.36),
    0.30,
)  # the ball's highlight, in units of its radius


def _ring(count: int, radii: Sequence[float]) -> list[tuple[float, float]]:
    angles = [2 * math.pi * k / count for k in range(count)]
    return [
        (radii[k % len(radii)] * math.sin(a), -radii[k % len(radii)] * math.cos(a))
        for k, a in enumerate(angles)
    ]


def _heart_outline() -> list[tuple[float, float]]:
    def point(a: float) -> tuple[float, float]:
        y = 13 * math.cos(a) - 5 * math.cos(2 * a) - 2 * math.cos(3 * a) - math.cos(4 * a)
        return 16 * math.sin(a) ** 3 / 15.5, -y / 15.5 - 0.08

    return [point(2 * math.pi * k / 24) for k in range(24)]


# Outlines in units of the shape's radius, y downwards, turned so that they stand upright.
OUTLINES = {
    "triangle": [(0.0, -1.1), (0.953, 0.55), (-0.953, 0.55)],
    "star": _ring(10, (1.15, 0.5)),
    "heart": _heart_outline(),
}


def signed_distance(shape: str, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Distance of points to a shape of radius 1 at the origin, negative inside. KeyError if unknown."""
    if shape == "ball":
        return (x * x + y * y).sqrt() - 1.0
    if shape == "square":
        qx, qy = x.abs() - 0.85, y.abs() - 0.85
        return (qx.clamp(min=0) ** 2 + qy.clamp(min=0) ** 2).sqrt() + torch.maximum(qx, qy).clamp(max=0)
    return _polygon_distance(x, y, OUTLINES[shape])


def _polygon_distance(x: torch.Tensor, y: torch.Tensor, corners: list[tuple[float, float]]) -> torch.Tensor:
    squared = torch.full_like(x, math.inf)
    sign = torch.ones_like(x)
    for (ax, ay), (bx, by) in zip(corners, corners[-1:] + corners[:-1], strict=True):
        ex, ey, wx, wy = bx - ax, by - ay, x - ax, y - ay
        along = ((wx * ex + wy * ey) / (ex * ex + ey * ey)).clamp(0, 1)
        squared = torch.minimum(squared, (wx - ex * along) ** 2 + (wy - ey * along) ** 2)
        above, below, left = y >= ay, y < by, ex * wy > ey * wx
        sign = torch.where((above & below & left) | (~above & ~below & ~left), -sign, sign)
    return sign * squared.sqrt()


def path(scene: Scene, *, frames: int = FRAMES, size: int = SIZE) -> torch.Tensor:
    """Center x, center y and radius in pixels of every frame: (3, F)."""
    unit = size / 64
    time = torch.arange(frames, dtype=torch.float32) / (frames - 1)
    looped = (
        torch.arange(frames, dtype=torch.float32) / frames
    )  # ends one frame before the start: the clip loops
    grade, across, along = scene.jitter
    radius = (13 + 2 * grade) * unit
    low, high = radius + unit, size - radius - unit
    still = torch.ones(frames)
    middle = still * (size / 2 + (across - 0.5) * 6 * unit), still * (size / 2 + (along - 0.5) * 6 * unit)
    side = still * (low + (high - low) * across)
    # A straight move covers 90 to 100 % of the way there is.
    travel = low + (high - low) * (0.1 * along * 0.5 + time * (1 - 0.1 * along))
    match scene.motion:
        case "moving left":
            parts = size - travel, side, still * radius
        case "moving right":
            parts = travel, side, still * radius
        case "moving up":
            parts = side, size - travel, still * radius
        case "moving down":
            parts = side, travel, still * radius
        case "bouncing":  # two hops from the ground
            phase = (2 * looped) % 1.0
            parts = side, high - (high - low) * 4 * phase * (1 - phase), still * radius
        case "circling":  # once around the middle, clockwise from the top
            angle, reach = 2 * math.pi * looped, (size / 2 - radius - unit) * (0.85 + 0.15 * along)
            parts = size / 2 + reach * angle.sin(), size / 2 - reach * angle.cos(), still * radius
        case "growing":
            parts = *middle, (8 + (14 + 2 * grade) * time) * unit
        case "shrinking":
            parts = *middle, (8 + (14 + 2 * grade) * (1 - time)) * unit
        case _:
            raise ValueError(f"unknown motion {scene.motion!r}")
    return torch.stack(parts)


def render(scenes: Sequence[Scene], *, picked: torch.Tensor | None = None, size: int = SIZE) -> torch.Tensor:
    """Draw clips, or only the frames `picked` (N, f) of them: (N, F or f, 3, size, size) in [-1, 1]."""
    paths = torch.stack([path(scene, size=size) for scene in scenes])
    if picked is not None:
        paths = paths.gather(2, picked[:, None].expand(-1, 3, -1))
    fore = torch.tensor([COLORS[scene.color] for scene in scenes])[:, None, :, None, None]
    back = torch.tensor([COLORS[scene.background] for scene in scenes])[:, None, :, None, None]
    out = torch.empty(len(scenes), paths.shape[2], 3, size, size)
    for shape in SHAPES:
        index = torch.tensor([i for i, scene in enumerate(scenes) if scene.shape == shape], dtype=torch.long)
        if len(index):
            out[index] = _draw(shape, paths[index], fore[index], back[index], size)
    return out * 2 - 1


def local_coordinates(paths: torch.Tensor, size: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Pixel centers in units of each frame's object: x, y (N, F, size, size). paths: (N, 3, F)."""
    grid = torch.arange(size, dtype=torch.float32) + 0.5
    cx, cy, radius = (paths[:, i, :, None, None] for i in range(3))
    return (grid[None, :] - cx) / radius, (grid[:, None] - cy) / radius


def _draw(shape: str, paths: torch.Tensor, fore: torch.Tensor, back: torch.Tensor, size: int) -> torch.Tensor:
    x, y = local_coordinates(paths, size)
    radius = paths[:, 2, :, None, None]
    color = fore
    if shape == "ball":
        dot = ((x - DOT_CENTER[0]) ** 2 + (y - DOT_CENTER[1]) ** 2).sqrt() - DOT_RADIUS
        lit = fore + 0.75 * (1 - fore)
        lit = torch.where(fore.mean(2, keepdim=True) > 0.9, fore - 0.35, lit)
        color = fore + (lit - fore) * _coverage(dot * radius)
    return back + (color - back) * _coverage(signed_distance(shape, x, y) * radius)


def _coverage(distance: torch.Tensor) -> torch.Tensor:
    return (0.5 - distance / EDGE).clamp(0, 1)[:, :, None]
