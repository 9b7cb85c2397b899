"""What every place stands in: the view, its sky and its layers of land. Knows no place by name."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch

from teacache.models.scenes.canvas import (
    Canvas,
    bell,
    circle,
    color,
    ellipse,
    inside,
    length,
    scattered,
    union,
)
from teacache.models.scenes.course import CLOUDS, PHASE_1, PHASE_3, SUN
from teacache.models.scenes.light import Lit

TURN = 2 * math.pi
HORIZON = 0.56


@dataclass(frozen=True)
class View:
    """What a painter of places needs: the canvas, the light, the open numbers and the camera's way."""

    canvas: Canvas
    light: Lit
    jitter: list[torch.Tensor]
    pan: torch.Tensor

    def across(self, depth: float) -> torch.Tensor:
        """x of the ground at a depth (1 is nearest) that has moved under the camera."""
        return self.canvas.x + depth * self.pan

    def ground(self, *rgb: float, haze: float = 0.0) -> torch.Tensor:
        """A ground color in this light."""
        return self.light.far(color(*rgb, like=self.canvas.rgb), haze)


def draw_sky(view: View) -> None:
    """Gradient, stars, sun or moon with its glow, clouds."""
    canvas, light, jitter = view.canvas, view.light, view.jitter
    height = (canvas.y / HORIZON).clamp(0, 1)
    canvas.paint(torch.lerp(light.zenith, light.horizon, height**1.4), torch.ones_like(height))
    _stars(view)
    sun_x = 0.2 + 0.6 * jitter[SUN] + 0.03 * view.pan
    away = length(canvas.x - sun_x, canvas.y - light.disc_height)
    canvas.light(light.disc, light.glow * bell(away / 0.20))
    canvas.paint(light.disc, inside(away - 0.062))
    crater = union(
        circle(canvas.x - sun_x + 0.02, canvas.y - light.disc_height - 0.012, 0.016),
        circle(canvas.x - sun_x - 0.022, canvas.y - light.disc_height + 0.018, 0.012),
    )
    canvas.paint(light.disc * 0.86, inside(crater) * light.night)
    _clouds(view)


def _stars(view: View) -> None:
    canvas, cell = view.canvas, 0.14
    x = canvas.x + 0.02 * view.pan
    row = torch.floor(canvas.y / cell)
    column = torch.floor(x / cell + 0.37 * row)
    number = column + 17 * row
    u = x - (column - 0.37 * row + 0.15 + 0.7 * scattered(number)) * cell
    v = canvas.y - (row + 0.15 + 0.7 * scattered(number + 40)) * cell
    bright = (1 - canvas.y / HORIZON).clamp(min=0) ** 0.5 * (0.5 + 0.5 * scattered(number + 71))
    canvas.light(
        torch.ones_like(view.light.disc),
        inside(length(u, v) - 0.007, 0.014) * bright * view.light.night,
    )


def _clouds(view: View) -> None:
    canvas, light, jitter = view.canvas, view.light, view.jitter
    tone = torch.lerp(torch.ones_like(light.tint), light.horizon, 0.25) * (0.35 + 0.65 * light.tint)
    for number, (start, height, scale) in enumerate(((0.05, 0.17, 1.0), (0.62, 0.30, 0.75))):
        shift = jitter[CLOUDS] if number == 0 else jitter[PHASE_3]
        x = canvas.x - (start + 0.35 * shift) + 0.12 * view.pan
        y = canvas.y - height - 0.06 * jitter[PHASE_1]
        puffs = union(
            *(
                ellipse(x - dx * scale, y - dy * scale, wide * scale, high * scale)
                for dx, dy, wide, high in (
                    (0.0, 0.0, 0.11, 0.030),
                    (-0.035, -0.022, 0.050, 0.036),
                    (0.03, -0.03, 0.055, 0.042),
                )
            )
        )
        canvas.paint(tone, inside(puffs, 0.02) * (0.85 - 0.45 * light.night))


def layer(view: View, top: torch.Tensor, near: torch.Tensor, far: torch.Tensor, depth: float) -> None:
    """Ground from an upper edge (N, 1, F, 1, W) down, its color running from `far` to `near` over `depth`."""
    below = view.canvas.y - top
    tone = torch.lerp(far, near, (below / depth).clamp(0, 1))
    view.canvas.paint(tone, inside(-below))


def wave(x: torch.Tensor, phase: torch.Tensor, *parts: tuple[float, float]) -> torch.Tensor:
    """A sum of sines: each part is a number of waves per width and a height."""
    return sum(
        height * torch.sin(TURN * (count * x + (1 + 0.7 * i) * phase))
        for i, (count, height) in enumerate(parts)
    )
