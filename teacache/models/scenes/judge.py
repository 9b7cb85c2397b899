"""Says from pixels alone what a clip shows: place, time, thing, color, motion. It is not told the words.

By rendering and comparing: rows of the picture with the rows of rendered places, and the thing with drawings
of every thing (templates.py). What fits nothing well is None. Knows nothing of models. It does not look at
what makes a place pretty: a hill without its trees is still a hill.
"""

from __future__ import annotations

import functools
import random
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from teacache.models.scenes.canvas import Window
from teacache.models.scenes.data import ATTRIBUTES, COLORS, JITTERS, PLACES, TIMES, Scene
from teacache.models.scenes.render import render
from teacache.models.scenes.templates import LOOKS, Match, best_matches

SKY_ROWS = (0.02, 0.45)
GROUND_ROWS = (0.58, 1.0)
SKY_TOLERANCE, GROUND_TOLERANCE = 0.10, 0.12  # mean distance of rows, in RGB of [0, 1]
THING_TOLERANCE = 0.012  # mean squared error inside the outline
TRAVEL = 0.30  # least way of a thing that goes somewhere, in widths, between the first and the last look
STRAY = 0.12  # largest way across that
_EXAMPLES = 12  # renderings of each place at each time


@dataclass(frozen=True)
class Verdict:
    """What was seen; None where it was not clear. `error` is that of the best drawing of a thing."""

    color: str | None
    thing: str | None
    motion: str | None
    place: str | None
    time: str | None
    error: float

    def matches(self, scene: Scene) -> dict[str, bool]:
        """Which attributes are as the scene says, and whether all are."""
        right = {name: getattr(self, name) == getattr(scene, name) for name in ATTRIBUTES}
        return {**right, "all": all(right.values())}


def judge(clip: torch.Tensor) -> Verdict:
    """Look at a clip (F, 3, H, W) in [-1, 1]."""
    pixels = F.avg_pool2d((clip.float().clamp(-1, 1) + 1) / 2, 2)
    time = _nearest(_rows(pixels, SKY_ROWS), _skies(), SKY_TOLERANCE)
    if time is None:
        return Verdict(None, None, None, None, None, float("inf"))
    place = _nearest(_rows(pixels, GROUND_ROWS), _grounds(time), GROUND_TOLERANCE)
    matches = best_matches(pixels[list(LOOKS)], time)
    (thing, closer), match = min(matches.items(), key=lambda item: item[1].error.mean(1).min())
    color = int(match.error.mean(1).argmin())
    error = float(match.error[color].mean())
    if error > THING_TOLERANCE:
        return Verdict(None, None, None, place, time, error)
    return Verdict(COLORS[color], thing, _motion(match, color, closer), place, time, error)


def _motion(match: Match, color: int, closer: bool) -> str | None:
    x, y = match.x[color], match.y[color]
    across, down = float(x[-1] - x[0]), float(y[-1] - y[0])
    if closer:
        return "coming closer" if max(abs(across), abs(down)) < STRAY else None
    if not (_steady(x) and _steady(y)):
        return None
    if abs(across) > TRAVEL and abs(down) < STRAY:
        return "moving right" if across > 0 else "moving left"
    if abs(down) > TRAVEL and abs(across) < STRAY:
        return "sinking" if down > 0 else "rising"
    return None


def _steady(values: torch.Tensor) -> bool:
    """Whether places (K,) lie near a straight line in time."""
    line = torch.lerp(values[0], values[-1], torch.linspace(0, 1, len(values)))
    return bool((values - line).abs().max() < STRAY / 2)


# ---- rows of the picture


def _rows(pixels: torch.Tensor, part: tuple[float, float]) -> torch.Tensor:
    """The middle color of each row over all frames and columns, whatever thing passes: (rows, 3)."""
    height = pixels.shape[2]
    chosen = pixels[:, :, round(part[0] * height) : round(part[1] * height)]
    return chosen.permute(2, 1, 0, 3).flatten(2).median(2).values


def _nearest(rows: torch.Tensor, known: dict[str, torch.Tensor], tolerance: float) -> str | None:
    distances = {word: (rows - examples).norm(dim=2).mean(1).min() for word, examples in known.items()}
    word = min(distances, key=distances.get)
    return word if distances[word] < tolerance else None


@functools.cache
def _skies() -> dict[str, torch.Tensor]:
    return {time: torch.cat([_examples(place, time, SKY_ROWS) for place in PLACES]) for time in TIMES}


@functools.cache
def _grounds(time: str) -> dict[str, torch.Tensor]:
    return {place: _examples(place, time, GROUND_ROWS) for place in PLACES}


def _examples(place: str, time: str, part: tuple[float, float]) -> torch.Tensor:
    """Rows (N, rows, 3) of renderings of a place; a small balloon is in each, and makes no difference."""
    rng = random.Random(f"{place}/{time}")
    scenes = [
        Scene("white", "balloon", "coming closer", place, time, tuple(rng.random() for _ in range(JITTERS)))
        for _ in range(_EXAMPLES)
    ]
    first = render(scenes, window=Window(first=0, frames=1))[:, :, 0]
    pixels = F.avg_pool2d((first + 1) / 2, 2)
    return torch.stack([_rows(picture[None], part) for picture in pixels])
