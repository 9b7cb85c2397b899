"""Finds the object in each frame and compares its outline with every shape at every angle.

Knows masks and templates; knows nothing of colors' names, motions or captions.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from teacache.models.shapes.data import SHAPES
from teacache.models.shapes.render import signed_distance

CONTRAST = 0.16  # least difference from the background, in any channel of [0, 1], that belongs to the object
_GRID, _REACH = (
    64,
    2.0,
)  # templates are squares of this many pixels that reach this far, in radii of an equal-area disc
_ANGLES = 72


@dataclass(frozen=True)
class Fit:
    """One frame's object: center and area in pixels; per shape the best overlap (IoU)."""

    x: float
    y: float
    area: float
    overlaps: torch.Tensor


def object_masks(pixels: torch.Tensor, back: torch.Tensor) -> torch.Tensor:
    """What differs from the background (F, 3), holes filled: (F, H, W). pixels: (F, 3, H, W), 0 to 1."""
    outside = (pixels - back[:, :, None, None]).abs().amax(1) <= CONTRAST
    reached = torch.zeros_like(outside)
    reached[:, 0], reached[:, -1], reached[:, :, 0], reached[:, :, -1] = (
        outside[:, 0], outside[:, -1], outside[:, :, 0], outside[:, :, -1],
    )  # fmt: skip
    while True:
        grown = (F.max_pool2d(reached.float(), 3, 1, 1) > 0) & outside
        if torch.equal(grown, reached):
            return ~reached
        reached = grown


def fit_shapes(mask: torch.Tensor) -> Fit:
    """Compare one mask (H, W) with all shapes, whatever its place and size."""
    area = float(mask.sum())
    none = torch.zeros(len(SHAPES))
    if not area:
        return Fit(math.nan, math.nan, 0.0, none)
    rows, columns = torch.nonzero(mask, as_tuple=True)
    x, y = float(columns.float().mean()) + 0.5, float(rows.float().mean()) + 0.5
    outline = _normalized(mask, x, y, area)
    both = torch.minimum(_templates(), outline).flatten(2).sum(2)
    either = torch.maximum(_templates(), outline).flatten(2).sum(2)
    return Fit(x, y, area, (both / either).amax(1))


def _normalized(mask: torch.Tensor, x: float, y: float, area: float) -> torch.Tensor:
    """The mask moved to the middle and scaled to a fixed area: (_GRID, _GRID) in [0, 1]."""
    height, width = mask.shape
    reach = _REACH * math.sqrt(area / math.pi)
    steps = (torch.arange(_GRID) + 0.5) / _GRID * 2 - 1
    across, down = (x + reach * steps) * 2 / width - 1, (y + reach * steps) * 2 / height - 1
    grid = torch.stack([across[None].expand(_GRID, -1), down[:, None].expand(-1, _GRID)], 2)
    return F.grid_sample(mask[None, None].float(), grid[None], align_corners=False)[0, 0]


@functools.cache
def _templates() -> torch.Tensor:
    """Every shape at every angle, placed as `_normalized` places masks: (shapes, angles, _GRID, _GRID)."""
    steps = ((torch.arange(_GRID) + 0.5) / _GRID * 2 - 1) * _REACH
    y, x = torch.meshgrid(steps, steps, indexing="ij")
    turned = [2 * math.pi * k / _ANGLES for k in range(_ANGLES)]
    return torch.stack([torch.stack([_template(shape, x, y, angle) for angle in turned]) for shape in SHAPES])


def _template(shape: str, x: torch.Tensor, y: torch.Tensor, angle: float) -> torch.Tensor:
    center_x, center_y, scale = _moments(shape)
    cos, sin = math.cos(angle), math.sin(angle)
    u, v = (cos * x + sin * y) * scale + center_x, (cos * y - sin * x) * scale + center_y
    pixel = 2 * _REACH / _GRID * scale
    return (0.5 - signed_distance(shape, u, v) / pixel).clamp(0, 1)


@functools.cache
def _moments(shape: str) -> tuple[float, float, float]:
    """A shape's center of mass and the radius of the disc of its area, in its own units."""
    steps = (torch.arange(400) + 0.5) / 400 * 3 - 1.5
    y, x = torch.meshgrid(steps, steps, indexing="ij")
    inside = (signed_distance(shape, x, y) < 0).float()
    share = inside / inside.sum()
    return (
        float((share * x).sum()),
        float((share * y).sum()),
        math.sqrt(float(inside.sum()) * (3 / 400) ** 2 / math.pi),
    )
