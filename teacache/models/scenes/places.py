"""Draws the places: the ground of each in layers that move past the camera at their own pace.

Knows canvases, light and layout; knows nothing of things or captions. Every place is drawn in two parts:
what lies behind the thing, and what comes in front of it.
"""

from __future__ import annotations

import torch

from teacache.models.scenes.canvas import (
    EDGE,
    bell,
    box,
    capsule,
    circle,
    color,
    convex,
    inside,
    length,
    scattered,
    union,
)
from teacache.models.scenes.course import PHASE_1, PHASE_2, PHASE_3, SPOTS, SUN
from teacache.models.scenes.scenery import HORIZON, TURN, View, draw_sky, layer, wave

# ---- sea


def _sea_behind(view: View) -> None:
    canvas, light = view.canvas, view.light
    deep, bright = view.ground(0.05, 0.28, 0.50), view.ground(0.25, 0.62, 0.78, haze=0.45)
    layer(view, HORIZON + 0 * view.pan, deep, bright, 0.40)
    sun_x = 0.2 + 0.6 * view.jitter[SUN] + 0.03 * view.pan
    below = (canvas.y - HORIZON).clamp(min=0)
    ripple = torch.sin(TURN * (below * 22 + 0.35 * torch.sin(TURN * canvas.x * 3) - 2 * canvas.time))
    width = 0.04 + 0.22 * below
    column = bell((canvas.x - sun_x) / width)
    strength = (0.30 + 0.30 * light.night) * (ripple * 1.5 + 0.3).clamp(0, 1) * inside(-(below - 0.004))
    canvas.light(light.disc, column * strength)
    _swell(view, HORIZON + 0.07, depth=0.45, count=3.0, height=0.006, speed=1.0, shade=0.05)


def _sea_front(view: View) -> None:
    _swell(view, 0.74, depth=0.75, count=2.2, height=0.012, speed=1.0, shade=0.55)
    _swell(view, 0.88, depth=1.0, count=1.6, height=0.018, speed=2.0, shade=0.85)


def _swell(
    view: View, level: float, *, depth: float, count: float, height: float, speed: float, shade: float
) -> None:
    phase = view.jitter[PHASE_1] + depth + speed * view.canvas.time / 2
    x = view.across(depth)
    top = level + wave(x, phase, (count, height), (2.3 * count, 0.35 * height))
    near = torch.lerp(view.ground(0.16, 0.50, 0.70), view.ground(0.03, 0.20, 0.40), shade)
    far = torch.lerp(near, view.ground(0.55, 0.85, 0.92), 0.35)
    below = view.canvas.y - top
    cover = inside(-below) * (1.0 if shade > 0.3 else torch.exp(-(below / 0.05).clamp(0, 40)))
    view.canvas.paint(torch.lerp(far, near, (below / 0.10).clamp(0, 1)), cover)
    crest = bell((below - 0.006) / 0.007)
    view.canvas.light(view.ground(0.9, 0.97, 1.0), 0.35 * crest)


# ---- hills


def _hills_behind(view: View) -> None:
    j = view.jitter
    far = HORIZON - 0.09 + wave(view.across(0.15), j[PHASE_1], (0.9, 0.05), (2.1, 0.02))
    layer(view, far, view.ground(0.36, 0.58, 0.56, haze=0.35), view.ground(0.42, 0.62, 0.62, haze=0.5), 0.2)
    middle = HORIZON + 0.05 + wave(view.across(0.45), j[PHASE_2], (0.8, 0.055), (1.9, 0.015))
    layer(view, middle, view.ground(0.22, 0.50, 0.24), view.ground(0.46, 0.70, 0.36, haze=0.15), 0.22)
    for number in range(3):
        _tree(view, 0.10 + 0.42 * number, 0.55)
    near = 0.76 + wave(view.across(0.9), j[PHASE_3], (0.6, 0.025))
    layer(view, near, view.ground(0.16, 0.40, 0.13), view.ground(0.45, 0.72, 0.25), 0.22)


def _spot(view: View, start: float, depth: float) -> torch.Tensor:
    """Distance in x from something that stands in the ground at a depth."""
    return view.across(depth) - start - 0.3 * view.jitter[SPOTS]


def _tree(view: View, start: float, depth: float) -> None:
    x, canvas = _spot(view, start, depth), view.canvas
    foot = 0.755
    canvas.paint(view.ground(0.32, 0.22, 0.14), inside(box(x, canvas.y - foot + 0.03, 0.009, 0.045)))
    crown = union(
        circle(x, canvas.y - foot + 0.105, 0.047),
        circle(x + 0.03, canvas.y - foot + 0.08, 0.033),
        circle(x - 0.03, canvas.y - foot + 0.08, 0.033),
    )
    side = ((x * 8 + (canvas.y - foot + 0.1) * 8) + 0.5).clamp(0, 1)
    leaves = torch.lerp(view.ground(0.32, 0.60, 0.24), view.ground(0.12, 0.36, 0.14), side)
    canvas.paint(leaves, inside(crown))


# ---- desert


def _desert_behind(view: View) -> None:
    j, canvas = view.jitter, view.canvas
    for number, (start, wide, high) in enumerate(((0.05, 0.13, 0.20), (0.72, 0.10, 0.14))):
        x = view.across(0.12) - start - 0.25 * j[PHASE_1 + number]
        y = canvas.y - HORIZON
        rock = convex(
            x, y, ((-wide * 0.7, -high), (wide * 0.7, -high), (wide * 1.2, 0.1), (-wide * 1.2, 0.1))
        )
        bands = 0.5 + 0.5 * torch.sin(TURN * y * 18)
        tone = torch.lerp(
            view.ground(0.72, 0.36, 0.22, haze=0.22), view.ground(0.80, 0.46, 0.28, haze=0.22), bands
        )
        canvas.paint(tone, inside(rock))
    sand = view.ground(0.88, 0.66, 0.36), view.ground(0.97, 0.82, 0.54, haze=0.2)
    middle = HORIZON + 0.05 + wave(view.across(0.4), j[PHASE_2], (0.9, 0.035))
    layer(view, middle, *sand, 0.25)
    for number in range(2):
        _cactus(view, 0.16 + 0.58 * number, 0.6)
    near = 0.76 + wave(view.across(0.9), j[PHASE_3], (0.7, 0.022))
    layer(view, near, view.ground(0.74, 0.48, 0.22), view.ground(0.96, 0.76, 0.44), 0.25)


def _cactus(view: View, start: float, depth: float) -> None:
    x, y = _spot(view, start, depth), view.canvas.y - 0.76
    plant = union(
        capsule(x, y, (0.0, 0.05), (0.0, -0.13), 0.018),
        capsule(x, y, (0.0, -0.05), (0.045, -0.05), 0.012),
        capsule(x, y, (0.045, -0.05), (0.045, -0.10), 0.012),
        capsule(x, y, (0.0, -0.03), (-0.042, -0.03), 0.012),
        capsule(x, y, (-0.042, -0.03), (-0.042, -0.075), 0.012),
    )
    tone = torch.lerp(
        view.ground(0.30, 0.56, 0.30), view.ground(0.14, 0.36, 0.20), (x * 25 + 0.5).clamp(0, 1)
    )
    view.canvas.paint(tone, inside(plant))


# ---- snow


def _snow_behind(view: View) -> None:
    j, canvas = view.jitter, view.canvas
    for number, (start, high, wide) in enumerate(
        ((0.12, 0.27, 0.34), (0.68, 0.34, 0.40), (1.15, 0.24, 0.34))
    ):
        x = view.across(0.12) - start - 0.18 * j[PHASE_1 + number % 2]
        y = canvas.y - HORIZON - 0.04
        peak = y + high - x.abs() * high / wide + 0.010 * torch.sin(TURN * 9 * x)
        dark, lit = view.ground(0.36, 0.44, 0.60, haze=0.25), view.ground(0.52, 0.60, 0.74, haze=0.25)
        tone = torch.lerp(lit, dark, inside(-x, 0.02))
        canvas.paint(tone, inside(-peak, EDGE * 1.4))
        cap = y + high * 0.62 + 0.018 * torch.sin(TURN * 7 * x)
        white = torch.lerp(view.ground(0.98, 0.99, 1.0), view.ground(0.76, 0.82, 0.94), inside(-x, 0.02))
        canvas.paint(white, inside(-peak, EDGE * 1.4) * inside(cap))
    snow = view.ground(0.80, 0.87, 0.96), view.ground(0.96, 0.98, 1.0, haze=0.1)
    middle = HORIZON + 0.06 + wave(view.across(0.4), j[PHASE_2], (0.8, 0.03))
    layer(view, middle, *snow, 0.25)
    for number in range(3):
        _pine(view, 0.06 + 0.36 * number, 0.6)
    near = 0.77 + wave(view.across(0.9), j[PHASE_3], (0.6, 0.02))
    layer(view, near, view.ground(0.70, 0.79, 0.92), view.ground(1.0, 1.0, 1.0), 0.25)


def _pine(view: View, start: float, depth: float) -> None:
    x, y = _spot(view, start, depth), view.canvas.y - 0.77
    view.canvas.paint(view.ground(0.30, 0.20, 0.14), inside(box(x, y + 0.01, 0.009, 0.03)))
    for top, bottom, wide in ((-0.10, -0.015, 0.062), (-0.145, -0.065, 0.048), (-0.185, -0.115, 0.034)):
        tier = convex(x, y, ((0.0, top), (wide, bottom), (-wide, bottom)))
        view.canvas.paint(view.ground(0.10, 0.34, 0.28), inside(tier))
        white = convex(
            x,
            y,
            ((0.0, top), (wide * 0.55, top * 0.55 + bottom * 0.45), (-wide * 0.45, top * 0.6 + bottom * 0.4)),
        )
        view.canvas.paint(view.ground(0.93, 0.97, 1.0), inside(white))


# ---- city


def _city_behind(view: View) -> None:
    _houses(view, depth=0.18, cell=0.17, low=0.10, high=0.28, haze=0.45, windows=0.0, seed=3)
    _houses(view, depth=0.5, cell=0.235, low=0.16, high=0.36, haze=0.08, windows=1.0, seed=31)
    street = 0.755 + 0 * view.pan
    layer(view, street, view.ground(0.40, 0.40, 0.45), view.ground(0.66, 0.66, 0.68), 0.06)
    _lamps(view)


def _houses(
    view: View, *, depth: float, cell: float, low: float, high: float, haze: float, windows: float, seed: int
) -> None:
    canvas, light = view.canvas, view.light
    x = view.across(depth) + 0.9 * view.jitter[PHASE_2]
    number = torch.floor(x / cell) + seed
    u = x - (number - seed + 0.5) * cell
    top = 0.70 - low - (high - low) * scattered(number)
    wall = box(u, canvas.y - 1.0, 0.46 * cell, 1.0, 0.004)
    body = torch.maximum(wall, top - canvas.y)
    pale = scattered(number + 7)
    tone = torch.lerp(
        view.ground(0.34, 0.38, 0.50, haze=haze), view.ground(0.66, 0.48, 0.42, haze=haze), pale
    )
    tone = torch.lerp(tone * 0.85, tone, ((canvas.y - top) * 5).clamp(0, 1))
    canvas.paint(tone, inside(body))
    if not windows:
        return
    pitch = 0.058
    row = torch.floor((canvas.y - top - 0.022) / pitch)
    column = torch.floor(u / pitch + 0.5)
    pane = box(u - column * pitch, canvas.y - top - 0.022 - (row + 0.5) * pitch, 0.0145, 0.0165, 0.003)
    lit = (scattered(number * 5 + column * 3 + row * 11) > 0.35).to(u.dtype) * light.lamp
    glass = torch.lerp(tone * 0.55, color(1.0, 0.85, 0.45, like=canvas.rgb).expand_as(tone), lit)
    grid = (column.abs() <= 1).to(u.dtype) * (row >= 0).to(u.dtype)
    canvas.paint(glass, inside(pane) * inside(body + 0.012) * grid)


def _lamps(view: View) -> None:
    canvas = view.canvas
    for number in range(2):
        x = _spot(view, 0.08 + 0.55 * number, 0.7)
        y = canvas.y - 0.76
        pole = union(
            capsule(x, y, (0.0, 0.03), (0.0, -0.20), 0.0065),
            capsule(x, y, (0.0, -0.20), (0.045, -0.215), 0.0065),
        )
        canvas.paint(view.ground(0.20, 0.22, 0.26), inside(pole))
        head = circle(x - 0.048, y + 0.205, 0.016)
        bulb = torch.lerp(
            view.ground(0.85, 0.85, 0.80), color(1.0, 0.9, 0.6, like=canvas.rgb), view.light.lamp
        )
        canvas.paint(bulb, inside(head))
        halo = bell(length(x - 0.048, y + 0.205) / 0.07)
        canvas.light(color(1.0, 0.85, 0.5, like=canvas.rgb), 0.55 * halo * view.light.lamp)


def _nothing(_view: View) -> None:
    pass


BEHIND = {
    "sea": _sea_behind, "hills": _hills_behind, "desert": _desert_behind,
    "snow": _snow_behind, "city": _city_behind,
}  # fmt: skip
FRONT = {"sea": _sea_front}


def draw_behind(place: str, view: View) -> None:
    """Sky and ground behind the thing."""
    draw_sky(view)
    BEHIND[place](view)


def draw_front(place: str, view: View) -> None:
    """What hides the thing's foot."""
    FRONT.get(place, _nothing)(view)
