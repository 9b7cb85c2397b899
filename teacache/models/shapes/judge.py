"""Says from pixels alone what a clip shows: colors, shape, motion. It is not told the caption.

Strict on purpose: a blob is no ball, a wobble is no circle; what is not clear is None. Knows nothing of
models.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch

from teacache.models.shapes.data import COLOR_NAMES, COLORS, SHAPES, Scene
from teacache.models.shapes.outline import Fit, fit_shapes, object_masks
from teacache.models.shapes.render import path

COLOR_TOLERANCE = 0.25  # farthest a color may lie from its name, in RGB of [0, 1]
STEADY = 0.8  # part of the frames that must agree
MIN_OVERLAP = 0.82  # intersection over union with the template
READABLE_AREA = 180  # pixels; below this a shape cannot be told
_PALETTE = torch.tensor(list(COLORS.values()))


@dataclass(frozen=True)
class Verdict:
    """What was seen; None where it was not clear. `overlap` is the median IoU with the best template."""

    color: str | None
    background: str | None
    shape: str | None
    motion: str | None
    overlap: float

    def matches(self, scene: Scene) -> dict[str, bool]:
        """Which attributes are as the scene says, and whether all are."""
        names = ("color", "background", "shape", "motion")
        right = {name: getattr(self, name) == getattr(scene, name) for name in names}
        return {**right, "all": all(right.values())}


def judge(clip: torch.Tensor) -> Verdict:
    """Look at a clip (F, 3, H, W) in [-1, 1]."""
    pixels = (clip.float().clamp(-1, 1) + 1) / 2
    edges = torch.cat([pixels[:, :, 0], pixels[:, :, -1], pixels[:, :, :, 0], pixels[:, :, :, -1]], 2)
    back = edges.median(2).values
    masks = object_masks(pixels, back)
    background = _steady_color(back)
    area = masks.flatten(1).sum(1)
    if (area < 40).sum() > 1:
        return Verdict(None, background, None, None, 0.0)
    fore = torch.stack([_inside(frame, mask) for frame, mask in zip(pixels, masks, strict=True)])
    fits = [fit_shapes(mask) for mask in masks]
    shape, overlap = _steady_shape(fits)
    motion = _motion(fits, size=clip.shape[-1])
    return Verdict(_steady_color(fore), background, shape, motion, overlap)


def _inside(frame: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    chosen = frame[:, mask]
    return chosen.median(1).values if chosen.shape[1] else torch.full((3,), math.nan)


def _steady_color(per_frame: torch.Tensor) -> str | None:
    """The name that most frames' colors (F, 3) are near to."""
    distance, nearest = (per_frame[:, None] - _PALETTE).norm(dim=2).min(1)
    name = nearest.mode().values
    agreeing = ((nearest == name) & (distance < COLOR_TOLERANCE)).float().mean()
    return COLOR_NAMES[name] if agreeing >= STEADY else None


def _steady_shape(fits: list[Fit]) -> tuple[str | None, float]:
    readable = [fit for fit in fits if fit.area >= READABLE_AREA]
    if len(readable) < len(fits) / 3:
        return None, 0.0
    best = torch.stack([fit.overlaps for fit in readable]).max(1)
    winner = int(best.indices.mode().values)
    overlap = torch.stack([fit.overlaps[winner] for fit in readable]).median().item()
    clear = (best.indices == winner).float().mean() >= STEADY and overlap >= MIN_OVERLAP
    return (SHAPES[winner] if clear else None), overlap


# ---- motion


def _motion(fits: list[Fit], *, size: int) -> str | None:
    unit = size / 64
    x, y = torch.tensor([fit.x for fit in fits]) / unit, torch.tensor([fit.y for fit in fits]) / unit
    scale = torch.tensor([fit.area for fit in fits]).sqrt()
    wide, tall, swell = float(x.max() - x.min()), float(y.max() - y.min()), float(scale.max() / scale.min())
    if swell < 1.25:
        if tall < 7 and wide >= 18:
            return _straight(x, "moving right", "moving left")
        if wide < 7 and tall >= 18:
            return _follows("bouncing", y=y) or _straight(y, "moving down", "moving up")
        if wide >= 18 and tall >= 18:
            return _follows("circling", x=x, y=y)
    elif wide < 9 and tall < 9 and swell > 1.7:
        return _straight(scale, "growing", "shrinking")
    return None


def _straight(values: torch.Tensor, rising: str, falling: str) -> str | None:
    """Which of two even changes a course of values (F,) is, if it is one."""
    likeness = _correlation(values, torch.arange(len(values), dtype=torch.float32))
    if abs(likeness) < 0.97:
        return None
    return rising if likeness > 0 else falling


def _follows(motion: str, **course: torch.Tensor) -> str | None:
    """The motion, if each given coordinate's course (F,) is the one that is drawn for it."""
    x, y, _ = path(Scene("red", "ball", motion, "blue"), frames=len(next(iter(course.values()))))
    wanted = {"x": x, "y": y}
    alike = all(_correlation(values, wanted[axis]) > 0.9 for axis, values in course.items())
    return motion if alike else None


def _correlation(a: torch.Tensor, b: torch.Tensor) -> float:
    a, b = a - a.mean(), b - b.mean()
    return float((a * b).sum() / (a.norm() * b.norm()).clamp(min=1e-9))
