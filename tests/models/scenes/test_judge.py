"""The judge is right about rendered clips, and refuses what shows nothing or moves otherwise."""

import random

import pytest
import torch

from teacache.models.scenes.data import Scene, sample_scene
from teacache.models.scenes.judge import judge
from teacache.models.scenes.render import render


def clip_of(scene):
    return render([scene])[0].transpose(0, 1)


@pytest.fixture(scope="module")
def by_day():
    """A few scenes of one time, whose drawings are made once, with their verdicts."""
    rng, scenes = random.Random(3), []
    while len(scenes) < 4:
        scene = sample_scene(rng, split="all")
        scenes += [scene] if scene.time == "day" else []
    return [(scene, judge(clip_of(scene))) for scene in scenes]


def test_names_what_was_drawn(by_day):
    assert all(verdict.matches(scene)["all"] for scene, verdict in by_day)


def test_an_empty_place_has_no_thing():
    scene = Scene("red", "balloon", "coming closer", "sea", "day")
    still = clip_of(scene)[:1].expand(17, -1, -1, -1).clone()
    still[:, :, :, 32:96] = still[:, :, :, :1]  # the balloon painted over with what is beside it
    verdict = judge(still)
    assert (verdict.time, verdict.place) == ("day", "sea")
    assert verdict.thing is verdict.motion is verdict.color is None


def test_frames_in_random_order_show_no_motion():
    clip = clip_of(Scene("red", "boat", "moving right", "sea", "day"))
    order = torch.randperm(17, generator=torch.Generator().manual_seed(1))
    assert judge(clip[order]).motion is None


def test_noise_shows_nothing():
    noise = torch.rand(17, 3, 128, 128, generator=torch.Generator().manual_seed(0)) * 2 - 1
    verdict = judge(noise)
    assert verdict.time is verdict.place is verdict.thing is None
