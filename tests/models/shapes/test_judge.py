"""The judge is right about rendered clips, and refuses wrong labels, blobs and wobbles."""

import random

import pytest
import torch

from teacache.models.shapes.data import MOTIONS, SHAPES, Scene, sample_scene
from teacache.models.shapes.evaluate import WORLD, balanced_scenes
from teacache.models.shapes.judge import judge
from teacache.models.shapes.render import render


@pytest.mark.parametrize("motion", MOTIONS)
@pytest.mark.parametrize("shape", SHAPES)
def test_names_what_was_drawn(shape, motion):
    scene = Scene("purple", shape, motion, "yellow", (0.2, 0.9, 0.4))
    assert judge(render([scene])[0]).matches(scene)["all"]


def test_accepts_true_labels_and_no_wrong_ones():
    report = WORLD.check_judge(40, seed=3)
    assert min(report["true_labels"].values()) == 1.0
    assert max(report["wrong_labels_accepted"].values()) == 0.0


def test_holds_under_noise():
    rng = random.Random(7)
    for _ in range(5):
        scene = sample_scene(rng, split="all")
        clip = render([scene])[0]
        noisy = clip + 0.05 * torch.randn(clip.shape, generator=torch.Generator().manual_seed(0))
        assert judge(noisy).matches(scene)["all"]


def test_an_empty_clip_shows_nothing():
    verdict = judge(torch.full((16, 3, 64, 64), 0.94))
    assert verdict.background == "white"
    assert verdict.color is verdict.shape is verdict.motion is None


def blob_clip():
    """A lopsided three-lobed blob in the middle."""
    grid = torch.arange(64) - 31.5
    y, x = torch.meshgrid(grid, grid, indexing="ij")
    angle = torch.atan2(y, x)
    inside = x.hypot(y) < 14 + 5 * torch.cos(2 * angle) + 4 * torch.sin(angle)
    clip = torch.ones(16, 3, 64, 64)
    clip[:, :, inside] = torch.tensor([-0.9, -0.9, 0.5])[:, None]
    return clip


def test_a_blob_is_no_shape():
    assert judge(blob_clip()).shape is None


def test_a_wobble_is_not_circling():
    around = render([Scene("red", "star", "circling", "white")])[0]
    back_and_forth = around[[0, 1, 2, 3, 4, 5, 6, 7, 8, 7, 6, 5, 4, 3, 2, 1]]
    assert judge(back_and_forth).motion is None


def test_half_a_circle_is_not_circling():
    around = render([Scene("red", "star", "circling", "white")])[0]
    assert judge(around[[0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7]]).motion is None


def test_circling_the_other_way_is_not_circling():
    assert judge(render([Scene("red", "heart", "circling", "white")])[0].flip(0)).motion is None


def test_frames_in_random_order_show_no_motion():
    order = torch.randperm(16, generator=torch.Generator().manual_seed(1))
    for motion in MOTIONS:
        assert judge(render([Scene("red", "heart", motion, "white")])[0][order]).motion is None


def test_evaluation_scenes_are_balanced():
    scenes = balanced_scenes(48, split="held_out", seed=0)
    assert all(sum(scene.motion == motion for scene in scenes) == 6 for motion in MOTIONS)
    assert {scene.shape for scene in scenes} == set(SHAPES)


def test_rates_of_nothing_are_an_error():
    with pytest.raises(ValueError, match="nothing"):
        WORLD.rates([])


def test_table_has_a_row_per_group():
    row = dict.fromkeys(("color", "background", "shape", "motion", "all"), 0.5)
    report = {"seen": row, "held_out": row, "overall": row}
    report |= {"by_motion": {"circling": row}, "by_shape": {"ball": row}}
    report["judge"] = {"true_labels": row, "wrong_labels_accepted": {"shape": 0.0}}
    assert len(WORLD.table(report).splitlines()) == 8
