"""Draws scenes: the place behind, the thing, the place in front; all frames of many clips at once.

Knows scenes and pixels; knows nothing of captions, models or training.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

import torch

from teacache.models.scenes.canvas import Canvas, Window
from teacache.models.scenes.course import camera, course, jitters
from teacache.models.scenes.data import Scene
from teacache.models.scenes.light import PAINTS, Lit
from teacache.models.scenes.places import View, draw_behind, draw_front
from teacache.models.scenes.things import draw_thing

# The word that decides how a layer is drawn, and what draws it for scenes that share it.
Layer = tuple[str, Callable[[Sequence[Scene], Canvas], None]]


def render(
    scenes: Sequence[Scene], *, window: Window | None = None, device: str | torch.device = "cpu"
) -> torch.Tensor:
    """Draw clips, or a window of them: (N, 3, F, H, W) in [-1, 1]."""
    return _drawn(scenes, (_BEHIND, _THING, _FRONT), window or Window(), device)


def render_empty(
    scenes: Sequence[Scene], *, window: Window | None = None, device: str | torch.device = "cpu"
) -> torch.Tensor:
    """The same without the things: places at their time."""
    return _drawn(scenes, (_BEHIND, _FRONT), window or Window(), device)


@torch.no_grad()
def _drawn(
    scenes: Sequence[Scene], layers: Sequence[Layer], window: Window, device: str | torch.device
) -> torch.Tensor:
    rgb = torch.zeros(len(scenes), 3, window.frames, window.size, window.size, device=device)
    for attribute, draw in layers:
        for index in _alike(scenes, attribute):
            canvas = Canvas(rgb[index], window)
            draw([scenes[i] for i in index], canvas)
            rgb[index] = canvas.rgb
    return rgb.clamp(0, 1) * 2 - 1


def _alike(scenes: Sequence[Scene], attribute: str) -> Iterable[list[int]]:
    """Where in the list scenes are that have the same word for an attribute."""
    kinds: dict[str, list[int]] = defaultdict(list)
    for i, scene in enumerate(scenes):
        kinds[getattr(scene, attribute)].append(i)
    return kinds.values()


def _view(scenes: Sequence[Scene], canvas: Canvas) -> View:
    device = canvas.rgb.device
    jitter = jitters(scenes, device)
    return View(canvas, Lit([scene.time for scene in scenes], device), jitter, camera(jitter, canvas.time))


def _behind(scenes: Sequence[Scene], canvas: Canvas) -> None:
    draw_behind(scenes[0].place, _view(scenes, canvas))


def _thing(scenes: Sequence[Scene], canvas: Canvas) -> None:
    view = _view(scenes, canvas)
    tone = torch.tensor([PAINTS[scene.color] for scene in scenes], device=canvas.rgb.device)
    tone = tone[:, :, None, None, None]
    way = course(scenes, view.jitter, canvas.time)
    draw_thing(scenes[0].thing, canvas, view.light, way, tone)


def _front(scenes: Sequence[Scene], canvas: Canvas) -> None:
    draw_front(scenes[0].place, _view(scenes, canvas))


_BEHIND, _THING, _FRONT = ("place", _behind), ("thing", _thing), ("place", _front)
