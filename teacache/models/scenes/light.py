"""What each time of day does to colors: its sky, its sun or moon, and the light on everything else.

Knows colors; knows no shapes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

RGB = tuple[float, float, float]


@dataclass(frozen=True)
class Light:
    """Colors in RGB of [0, 1]. `tint` multiplies what is lit; `lamp` (0 or 1) tells whether lamps are on."""

    zenith: RGB
    horizon: RGB
    tint: RGB
    disc: RGB  # sun or moon
    disc_height: float
    glow: float
    lamp: float


LIGHTS = {
    "dawn": Light(
        zenith=(0.58, 0.66, 0.90), horizon=(1.00, 0.80, 0.70), tint=(1.00, 0.86, 0.82),
        disc=(1.0, 0.96, 0.80), disc_height=0.44, glow=0.5, lamp=0,
    ),
    "day": Light(
        zenith=(0.20, 0.52, 0.90), horizon=(0.76, 0.91, 0.98), tint=(1.00, 1.00, 1.00),
        disc=(1.0, 0.98, 0.78), disc_height=0.15, glow=0.4, lamp=0,
    ),
    "dusk": Light(
        zenith=(0.25, 0.15, 0.42), horizon=(0.98, 0.50, 0.26), tint=(0.72, 0.50, 0.58),
        disc=(1.0, 0.74, 0.32), disc_height=0.47, glow=0.6, lamp=1,
    ),
    "night": Light(
        zenith=(0.02, 0.03, 0.12), horizon=(0.11, 0.18, 0.38), tint=(0.26, 0.32, 0.52),
        disc=(0.96, 0.96, 0.88), disc_height=0.16, glow=0.3, lamp=1,
    ),
}  # fmt: skip
PAINTS: dict[str, RGB] = {
    "red": (0.90, 0.13, 0.13),
    "yellow": (0.99, 0.82, 0.10),
    "green": (0.12, 0.66, 0.24),
    "blue": (0.12, 0.32, 0.92),
    "purple": (0.58, 0.18, 0.78),
    "white": (0.98, 0.98, 0.98),
}
OWN_COLOR = 0.60  # how far a thing keeps its own color in whatever light, so that it can be named


class Lit:
    """The lights of several clips as tensors (N, 3, 1, 1, 1) or (N, 1, 1, 1, 1)."""

    def __init__(self, times: Sequence[str], device: str | torch.device = "cpu") -> None:
        lights = [LIGHTS[time] for time in times]

        def stacked(name: str) -> torch.Tensor:
            values = torch.tensor(
                [getattr(light, name) for light in lights], dtype=torch.float32, device=device
            )
            return values.reshape(len(lights), -1, 1, 1, 1)

        self.zenith, self.horizon, self.tint = stacked("zenith"), stacked("horizon"), stacked("tint")
        self.disc, self.disc_height = stacked("disc"), stacked("disc_height")
        self.glow, self.lamp = stacked("glow"), stacked("lamp")
        self.night = torch.tensor([float(time == "night") for time in times], device=device)
        self.night = self.night.reshape(-1, 1, 1, 1, 1)

    def far(self, color: torch.Tensor, haze: float) -> torch.Tensor:
        """A ground color in this light, part of it lost in the haze of the horizon."""
        return torch.lerp(color * self.tint, self.horizon, haze)

    def on(self, color: torch.Tensor) -> torch.Tensor:
        """A thing's color in this light."""
        return color * torch.lerp(self.tint, torch.ones_like(self.tint), OWN_COLOR)
