"""Finds a thing in frames by comparing them with renderings of every thing, in every color and size.

Knows frames and drawings; knows nothing of places or captions. It works on frames of half the size, and only
on the inside of outlines: what is behind a thing is not its business.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from teacache.models.scenes.canvas import Canvas, Window
from teacache.models.scenes.course import RADII, Course, growth
from teacache.models.scenes.data import COLORS, FRAMES, REALMS, SIZE, THINGS
from teacache.models.scenes.light import PAINTS, Lit
from teacache.models.scenes.things import draw_thing

LOOKS = (3, 8, 13)  # frames that are looked at
HALF = SIZE // 2
SCALES = (0.94, 1.04)  # of a thing's usual size, which varies by 8 %
WATERLINE = 0.735  # below it waves hide what floats (places.py)
SEEN = 0.6  # part of a thing that must lie in the picture
_SOLID = 0.5  # least opacity that is compared


@dataclass(frozen=True)
class Template:
    """A thing's drawings: weights (S, 1, k, k) and colors (S, C, 3, k, k) for S looks of it and C colors."""

    weights: torch.Tensor
    colors: torch.Tensor


@dataclass(frozen=True)
class Match:
    """Where a thing fits best in each frame: error, x and y (K,), per color: (C, K); lengths in widths."""

    error: torch.Tensor
    x: torch.Tensor
    y: torch.Tensor


def best_matches(frames: torch.Tensor, time_of_day: str) -> dict[tuple[str, bool], Match]:
    """For every thing, and for coming closer or not, its best fit. frames: (K, 3, 64, 64), 0 to 1."""
    return {
        (thing, closer): _fit(frames, thing, closer, time_of_day)
        for thing in THINGS
        for closer in (False, True)
    }


def _fit(frames: torch.Tensor, thing: str, closer: bool, time_of_day: str) -> Match:
    found = [
        _fit_frame(frame, _template(thing, closer, time_of_day, look), thing)
        for frame, look in zip(frames, LOOKS, strict=True)
    ]
    return Match(*(torch.stack(parts, 1) for parts in zip(*found, strict=True)))


def _fit_frame(
    frame: torch.Tensor, template: Template, thing: str
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Least weighted squared error (C,) over all places and looks, and where it is."""
    weights, colors = template.weights, template.colors
    looks, count, _, side, _ = colors.shape
    shown = torch.ones(1, 1, HALF, HALF)
    if REALMS[thing] == "water":
        shown[:, :, round(WATERLINE * HALF) :] = 0
    pad = side // 2
    seen = F.conv2d(shown, weights, padding=pad)[0]
    own = F.conv2d(shown, (weights[:, None] * colors**2).sum(2).flatten(0, 1)[:, None], padding=pad)[0]
    picture = F.conv2d((frame**2).sum(0, keepdim=True)[None] * shown, weights, padding=pad)[0]
    both = F.conv2d(frame[None] * shown, (weights[:, None] * colors).flatten(0, 1), padding=pad)[0]
    grid = (looks, count, *seen.shape[1:])
    squares = own.view(grid) - 2 * both.view(grid) + picture[:, None]
    whole = weights.sum((1, 2, 3))[:, None, None]
    error = torch.where(seen >= SEEN * whole, 1.0, torch.inf)[:, None] * squares / (3 * seen[:, None] + 1e-6)
    least, place = error.transpose(0, 1).flatten(1).min(1)
    place = place % (grid[2] * grid[3])
    return least, (place % grid[3] + 0.5) / HALF, (place // grid[3] + 0.5) / HALF


@functools.cache
def _template(thing: str, closer: bool, time_of_day: str, look: int) -> Template:
    """Both ways round in every size; drawn over black and over white to tell its opacity from its color."""
    time = look / (FRAMES - 1)
    usual = RADII[thing] * (growth(time) if closer else 1.0)
    drawn = [_drawn(thing, time_of_day, look, usual * scale) for scale in SCALES]
    reach = max(_reach(weight) for weight, _ in drawn)
    middle = slice(HALF // 2 - reach, HALF // 2 + reach + 1)
    weights = torch.stack([weight[None, middle, middle] for weight, _ in drawn])
    colors = torch.stack([color[:, :, middle, middle] for _, color in drawn])
    return Template(torch.cat([weights, weights.flip(-1)]), torch.cat([colors, colors.flip(-1)]))


def _drawn(thing: str, time_of_day: str, look: int, radius: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Opacity (65, 65) where solid, and colors (C, 3, 65, 65), around the middle."""
    count = len(COLORS)
    ground = torch.tensor([0.0] * count + [1.0] * count)[:, None, None, None, None]
    size = SIZE + 2
    canvas = Canvas(ground.expand(-1, 3, 1, size, size).clone(), Window(0, 0, size, look, 1))
    tone = torch.tensor([PAINTS[color] for color in COLORS] * 2)[:, :, None, None, None]
    middle = torch.tensor(size / 2 / SIZE)
    way = Course(middle, middle, torch.tensor(radius), torch.tensor(1.0))
    draw_thing(thing, canvas, Lit([time_of_day] * 2 * count), way, tone)
    pixels = F.avg_pool2d(canvas.rgb[:, :, 0], 2)
    black, white = pixels.split(count)
    opacity = (1 - (white - black)).mean(1, keepdim=True).clamp(0, 1)
    solid = (opacity[0, 0] >= _SOLID).float()
    return solid, (black / opacity.clamp(min=_SOLID)) * solid


def _reach(weight: torch.Tensor) -> int:
    """How far from the middle a drawing goes, in pixels."""
    rows, columns = torch.nonzero(weight, as_tuple=True)
    return int(torch.stack([rows, columns]).sub(HALF // 2).abs().max().clamp(max=HALF // 2))
