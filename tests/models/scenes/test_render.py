"""Clips show what their scene says, whole or in parts, alone or together."""

import random
from dataclasses import replace

import pytest
import torch

from teacache.models.scenes.canvas import Window
from teacache.models.scenes.course import course, jitters
from teacache.models.scenes.data import (
    JITTERS,
    PLACES,
    THINGS,
    TIMES,
    Scene,
    motions_of,
    places_of,
    sample_scene,
)
from teacache.models.scenes.render import render

MIDDLE = Window(left=32, top=40, size=64, first=8, frames=1)


def scene_of(thing, motion="coming closer", color="red"):
    return Scene(color, thing, motion, places_of(thing)[0], "day")


def test_a_clip_is_17_frames_of_128_pixels_in_range():
    clips = render([scene_of("boat"), scene_of("car")])
    assert clips.shape == (2, 3, 17, 128, 128)
    assert clips.min() >= -1 and clips.max() <= 1 and not clips.isnan().any()


def test_a_window_is_a_part_of_the_whole():
    scene, window = sample_scene(random.Random(4)), Window(24, 40, 48, 3, 5)
    whole, part = render([scene])[0], render([scene], window=window)[0]
    assert torch.allclose(part, window.of(whole), atol=1e-5)


def test_clips_drawn_together_are_those_drawn_alone():
    rng = random.Random(5)
    scenes = [sample_scene(rng) for _ in range(6)]
    together = render(scenes, window=MIDDLE)
    alone = torch.cat([render([scene], window=MIDDLE) for scene in scenes])
    assert torch.allclose(together, alone, atol=1e-5)


@pytest.mark.parametrize("thing", THINGS)
def test_a_thing_has_its_color(thing):
    red, blue = (render([scene_of(thing, color=color)], window=MIDDLE)[0] for color in ("red", "blue"))
    differs = (red - blue).abs().amax(0) > 0.2
    assert differs.float().mean() > 0.05
    assert (red - blue)[0][differs].mean() > 0 > (red - blue)[2][differs].mean()


def test_every_place_and_time_looks_different():
    scenes = [Scene("red", "balloon", "rising", place, time) for place in PLACES for time in TIMES]
    frames = render(scenes, window=Window(first=0, frames=1)).flatten(1)
    apart = torch.cdist(frames, frames, p=1) / frames.shape[1]
    assert (apart + torch.eye(len(scenes))).min() > 0.02


@pytest.mark.parametrize("thing", THINGS)
def test_things_move_as_told_and_stay_in_the_picture(thing):
    rng, time = random.Random(6), torch.linspace(0, 1, 17)[None, None, :, None, None]
    for motion in motions_of(thing):
        scene = replace(scene_of(thing, motion), jitter=tuple(rng.random() for _ in range(JITTERS)))
        way = course([scene], jitters([scene]), time)
        x, y, radius = (part.expand(1, 1, 17, 1, 1).flatten() for part in (way.x, way.y, way.radius))
        ends = {"x": x[-1] - x[0], "y": y[-1] - y[0], "size": radius[-1] / radius[0]}
        told = {
            "moving left": ends["x"] < -0.5, "moving right": ends["x"] > 0.5,
            "rising": ends["y"] < -0.5, "sinking": ends["y"] > 0.5, "coming closer": ends["size"] > 3,
        }  # fmt: skip
        assert [name for name, yes in told.items() if yes] == [motion]
        assert x.min() > 0.1 and x.max() < 0.9 and y.min() > 0.1 and y.max() < 0.9


def test_the_ground_moves_past_the_camera_nearer_faster():
    scene = Scene("red", "balloon", "coming closer", "hills", "day", (0.5,) * 4 + (1.0,) + (0.5,) * 7)
    first, last = render([scene])[0][:, [0, -1]].unbind(1)
    change = (first - last).abs().mean(0)[:, :20].mean(1)  # far from the balloon
    assert change[80:].mean() > 0 and change[60:].mean() > change[:20].mean()
