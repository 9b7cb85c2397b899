"""Draws the things: silhouettes with shading, in their own coordinates, moving as such a thing moves.

Knows canvases, light and courses; knows nothing of places or captions. Own coordinates: the center is the
origin, the thing is about 2 wide, it looks to the right, y goes down.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch

from teacache.models.scenes.canvas import (
    Canvas,
    bell,
    box,
    capsule,
    circle,
    color,
    convex,
    ellipse,
    inside,
    length,
    union,
)
from teacache.models.scenes.course import Course
from teacache.models.scenes.light import Lit

TURN = 2 * math.pi


@dataclass(frozen=True)
class Brush:
    """A canvas seen from a thing: u to the front and v down, in radii; `paint` takes distances in radii."""

    canvas: Canvas
    light: Lit
    course: Course
    tone: torch.Tensor  # of the thing, in this light
    u: torch.Tensor
    v: torch.Tensor

    def paint(self, tone: torch.Tensor, distance: torch.Tensor, part: torch.Tensor | float = 1.0) -> None:
        """Fill an outline given by its distance in radii; `part` makes it see-through."""
        self.canvas.paint(tone, inside(distance * self.course.radius) * part)

    def lit(self, *rgb: float) -> torch.Tensor:
        """A color of the thing's other parts."""
        return self.light.on(color(*rgb, like=self.canvas.rgb))

    def shaded(self, amount: torch.Tensor) -> torch.Tensor:
        """The thing's color, from lit (0) to in shadow (1)."""
        bright = self.tone + (1 - self.tone) * 0.22
        return torch.lerp(bright, self.tone * 0.58, amount.clamp(0, 1))


def brush(canvas: Canvas, light: Lit, course: Course, tone: torch.Tensor, tilt: torch.Tensor) -> Brush:
    """A brush for things on their courses, turned by `tilt` (radians, clockwise)."""
    x = (canvas.x - course.x) / course.radius * course.facing
    y = (canvas.y - course.y) / course.radius
    tilt = tilt * course.facing
    cos, sin = torch.cos(tilt), torch.sin(tilt)
    return Brush(canvas, light, course, light.on(tone), cos * x + sin * y, cos * y - sin * x)


def _balloon(b: Brush) -> None:
    u, v = b.u, b.v
    top = circle(u, v + 0.30, 0.78)
    skirt = convex(u, v, ((-0.70, 0.02), (0.70, 0.02), (0.24, 0.72), (-0.24, 0.72)))
    envelope = union(top, skirt)
    width = (0.78**2 - (v + 0.30).clamp(max=0.32) ** 2).clamp(min=0.05).sqrt()
    gore = torch.sin((u / width).clamp(-1, 1).asin() * 5.0)
    stripe = inside(-gore, 0.35)
    shade = u * 0.55 + v * 0.25 + 0.40
    pale = b.tone + (1 - b.tone) * 0.55
    dark = b.tone * 0.70
    second = torch.where(b.tone.mean(1, keepdim=True) > 0.75 * b.light.tint.mean(1, keepdim=True), dark, pale)
    b.paint(torch.lerp(b.shaded(shade), second * (1.1 - 0.35 * shade.clamp(0, 1)), stripe * 0.65), envelope)
    for side in (-1, 1):
        b.paint(b.lit(0.35, 0.25, 0.18), capsule(u, v, (side * 0.20, 0.70), (side * 0.13, 0.98), 0.022))
    b.paint(b.lit(0.52, 0.33, 0.18), box(u, v - 1.06, 0.19, 0.14, 0.04))


def _bird(b: Brush) -> None:
    u, v = b.u, b.v
    beat = torch.sin(TURN * (2 * b.canvas.time + 0.25))  # two strokes in a clip
    b.paint(b.tone * 0.55, _wing(u - 0.12, v - 0.02, -0.76 * beat))
    tail = convex(u, v, ((-0.55, -0.10), (-0.55, 0.08), (-1.02, 0.16), (-1.10, -0.26)))
    b.paint(b.shaded(torch.full_like(u, 0.75)), tail)
    body = union(ellipse(u, v, 0.66, 0.27), circle(u - 0.60, v + 0.16, 0.22))
    b.paint(b.shaded(v * 1.6 + 0.45), body)
    b.paint(b.lit(1.0, 0.62, 0.12), convex(u, v, ((0.78, -0.26), (1.06, -0.12), (0.78, -0.08))))
    b.paint(b.lit(1.0, 1.0, 1.0), circle(u - 0.66, v + 0.20, 0.075))
    b.paint(b.lit(0.05, 0.05, 0.08), circle(u - 0.68, v + 0.20, 0.042))
    b.paint(b.shaded(0.45 + 0.5 * u), _wing(u, v, -0.85 * beat))


def _wing(u: torch.Tensor, v: torch.Tensor, tip: torch.Tensor) -> torch.Tensor:
    """Distance to a wing from the shoulder to a tip at this height: a sheared leaf, never quite flat."""
    tall = torch.where(tip < 0, tip.clamp(max=-0.12), tip.clamp(min=0.12))
    along = v / tall
    on = along.clamp(0, 1)
    across = (u + 0.08 + 0.42 * on).abs() - 0.34 * (1 - on**1.5)
    return torch.maximum(across, torch.maximum(-along, along - 1) * tall.abs())


def _boat(b: Brush) -> None:
    u, v = b.u, b.v
    b.paint(b.lit(0.40, 0.28, 0.18), capsule(u, v, (-0.02, -1.12), (-0.02, 0.30), 0.03))
    main = convex(u, v, ((-0.10, -1.05), (-0.10, 0.08), (-0.78, 0.08)))
    b.paint(b.shaded(-u * 0.7 + 0.05), main - 0.04)
    jib = convex(u, v, ((0.06, -0.98), (0.72, 0.08), (0.06, 0.08)))
    b.paint(torch.lerp(b.tone, b.lit(1.0, 1.0, 1.0), 0.55) * (1.0 - 0.15 * u.clamp(0, 1)), jib - 0.03)
    hull = convex(u, v, ((-0.92, 0.22), (1.02, 0.22), (0.66, 0.62), (-0.70, 0.62)))
    b.paint(b.shaded((v - 0.2) * 1.6 + 0.35), hull)
    b.paint(b.lit(0.98, 0.96, 0.90), torch.maximum(hull, (v - 0.28).abs() - 0.045))
    lamp = bell(length(u + 0.02, v + 1.15) / 0.22)
    b.canvas.light(color(1.0, 0.9, 0.6, like=u), 0.9 * lamp * b.light.lamp)


def _whale(b: Brush) -> None:
    u, v = b.u, b.v
    swing = 0.10 * torch.sin(TURN * b.canvas.time)
    body = ellipse(u - 0.12, v - 0.12, 0.86, 0.44)
    stem = capsule(u, v, (-0.55, 0.10), (-1.02, -0.30), 0.13)
    rise = v - swing
    fluke = union(
        ellipse(u + 1.16, rise + 0.42, 0.20, 0.10),
        ellipse(u + 0.88, rise + 0.46, 0.16, 0.09),
    )
    b.paint(b.shaded((v + 0.35) * 0.9), union(body, stem, fluke))
    belly = torch.maximum(body, 0.30 - v + 0.10 * u)
    b.paint(torch.lerp(b.tone, b.lit(1.0, 1.0, 1.0), 0.62), belly)
    b.paint(b.lit(1.0, 1.0, 1.0), circle(u - 0.62, v - 0.02, 0.085))
    b.paint(b.lit(0.05, 0.05, 0.10), circle(u - 0.64, v - 0.02, 0.05))
    grown = 0.35 + 0.65 * torch.sin(TURN * (b.canvas.time + 0.1)).abs()
    for side in (-1, 1):
        u0 = u - 0.30 - side * 0.10
        jet = union(
            capsule(u0, v, (-side * 0.08, -0.34), (side * 0.02, -0.74), 0.045),
            circle(u0 - side * 0.12, v + 0.80, 0.10),
        )
        b.paint(b.lit(0.86, 0.95, 1.0), jet + (1 - grown) * 0.09, 0.9)


def _car(b: Brush) -> None:
    u, v = b.u, b.v
    b.canvas.paint(b.lit(0.1, 0.1, 0.12), 0.35 * inside(ellipse(u, v - 0.56, 1.05, 0.10), 0.10))
    cabin = convex(u, v, ((-0.46, -0.52), (0.22, -0.52), (0.56, -0.02), (-0.70, -0.02)))
    b.paint(b.shaded(v * 0.9 + 0.55), cabin - 0.06)
    glass = convex(u, v, ((-0.40, -0.44), (0.16, -0.44), (0.42, -0.06), (-0.56, -0.06)))
    pane = torch.maximum(glass, 0.035 - (u + 0.12).abs())
    b.paint(torch.lerp(b.lit(0.62, 0.82, 0.95), b.lit(0.95, 0.85, 0.55), 0.7 * b.light.lamp), pane)
    body = box(u, v - 0.20, 1.0, 0.27, 0.17)
    b.paint(b.shaded((v - 0.05) * 1.5 + 0.25), body)
    b.paint(b.lit(1.0, 0.95, 0.75), ellipse(u - 0.93, v - 0.14, 0.09, 0.09))
    b.paint(b.lit(0.85, 0.10, 0.10), ellipse(u + 0.95, v - 0.14, 0.06, 0.09))
    _wheels(b, (-0.55, 0.55), 0.46, 0.23)
    beam = torch.maximum(0.95 - u, (v - 0.14 - 0.12 * (u - 0.95)).abs() - 0.05 - 0.28 * (u - 0.95))
    reach = torch.exp(-(u - 0.95).clamp(min=0) * 0.9)
    b.canvas.light(color(1.0, 0.92, 0.65, like=u), 0.55 * reach * inside(beam, 0.16) * b.light.lamp)


def _wheels(b: Brush, places: tuple[float, ...], height: float, radius: float) -> None:
    """Wheels that roll as the thing goes; one that comes closer only turns a little."""
    angle = 9.0 * b.canvas.time
    for place in places:
        x, y = b.u - place, b.v - height
        b.paint(b.lit(0.10, 0.10, 0.12), circle(x, y, radius))
        b.paint(b.lit(0.72, 0.74, 0.78), circle(x, y, radius * 0.55))
        spoke = (x * torch.sin(angle) - y * torch.cos(angle)).abs() - radius * 0.10
        b.paint(b.lit(0.25, 0.25, 0.28), torch.maximum(circle(x, y, radius * 0.5), spoke))


def _train(b: Brush) -> None:
    u, v = b.u, b.v
    b.paint(b.lit(0.30, 0.26, 0.24), torch.maximum((v - 0.60).abs() - 0.035, u.abs() - 9))
    for place in (-0.95, -0.18):
        wagon = box(u - place, v - 0.10, 0.34, 0.30, 0.06)
        b.paint(torch.lerp(b.shaded(v * 1.2 + 0.4), b.lit(1, 1, 1), 0.12), wagon)
        lit = torch.lerp(b.lit(0.70, 0.86, 0.96), color(1.0, 0.88, 0.5, like=u), b.light.lamp)
        for offset in (-0.15, 0.15):
            b.paint(lit, box(u - place - offset, v - 0.02, 0.095, 0.10, 0.02))
    b.paint(b.lit(0.15, 0.15, 0.17), box(u - 0.2, v - 0.36, 1.1, 0.05))
    boiler = box(u - 0.72, v - 0.14, 0.44, 0.24, 0.14)
    b.paint(b.shaded((v - 0.0) * 1.6 + 0.2), boiler)
    cab = box(u - 0.40, v + 0.08, 0.20, 0.46, 0.05)
    b.paint(b.shaded(v * 0.8 + 0.6), cab)
    b.paint(lit, box(u - 0.40, v + 0.22, 0.11, 0.12, 0.02))
    chimney = union(box(u - 0.92, v + 0.28, 0.085, 0.20), box(u - 0.92, v + 0.46, 0.13, 0.055, 0.03))
    b.paint(b.lit(0.18, 0.18, 0.20), chimney)
    for number in range(3):
        age = (b.canvas.time * 2 + number / 3) % 1.0
        puff = circle(u - 0.90 + 1.1 * age, v + 0.62 + 0.35 * age, 0.10 + 0.16 * age)
        b.canvas.paint(b.lit(0.95, 0.95, 0.97), inside(puff, 0.12) * (1 - age) * 0.85)
    _wheels(b, (-1.12, -0.78, -0.35, -0.02, 0.45, 0.95), 0.46, 0.13)
    front = bell(length(u - 1.2, v - 0.10) / 0.25)
    b.canvas.light(color(1.0, 0.92, 0.65, like=u), 0.9 * front * b.light.lamp)


DRAWN: dict[str, Callable[[Brush], None]] = {
    "balloon": _balloon, "bird": _bird, "boat": _boat, "whale": _whale, "car": _car, "train": _train,
}  # fmt: skip


def draw_thing(thing: str, canvas: Canvas, light: Lit, course: Course, tone: torch.Tensor) -> None:
    """Paint things of one kind; `tone` (N, 3, 1, 1, 1) is their color by day."""
    sway = {"boat": 0.07, "whale": 0.06, "balloon": 0.04}.get(thing, 0.0)
    tilt = sway * torch.sin(TURN * canvas.time)
    DRAWN[thing](brush(canvas, light, course, tone, tilt))
