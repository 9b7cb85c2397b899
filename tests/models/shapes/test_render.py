"""What rendered clips look like."""

import math

import pytest
import torch

from teacache.models.shapes.data import COLORS, MOTIONS, SHAPES, Scene
from teacache.models.shapes.outline import object_masks
from teacache.models.shapes.render import path, render


def clip(shape="square", motion="moving right"):
    return render([Scene("red", shape, motion, "white")])[0]


def test_size_and_range():
    frames = clip()
    assert frames.shape == (16, 3, 64, 64)
    assert frames.min() >= -1 and frames.max() <= 1


@pytest.mark.parametrize("shape", SHAPES)
def test_background_and_object_have_their_exact_colors(shape):
    pixels = (clip(shape, "growing") + 1) / 2
    assert torch.allclose(pixels[:, :, 0, 0], torch.tensor(COLORS["white"]).expand(16, 3), atol=1e-5)
    assert torch.allclose(pixels[:, :, 34, 33], torch.tensor(COLORS["red"]).expand(16, 3), atol=1e-5)


@pytest.mark.parametrize("motion", MOTIONS)
def test_the_object_never_leaves_the_frame(motion):
    for jitter in (0.0, 0.999):
        x, y, radius = path(Scene("red", "square", motion, "white", (jitter, jitter, jitter)))
        assert (radius >= 8).all()
        reach = 0.85 * radius  # half the side of a square
        assert (torch.stack([x, y]) - reach >= 0).all() and (torch.stack([x, y]) + reach <= 64).all()


def test_moves_go_where_they_say():
    def change(motion):
        x, y, _ = path(Scene("red", "ball", motion, "white"))
        return (x[-1] - x[0]).item(), (y[-1] - y[0]).item()

    assert change("moving left")[0] < -25 and change("moving right")[0] > 25
    assert change("moving up")[1] < -25 and change("moving down")[1] > 25
    assert change("moving left")[1] == change("moving up")[0] == 0


def test_growing_and_shrinking_are_each_other_backwards():
    growing, shrinking = (
        path(Scene("red", "ball", motion, "white"))[2] for motion in ("growing", "shrinking")
    )
    assert torch.allclose(growing, shrinking.flip(0), atol=1e-4)
    assert growing[-1] > 2 * growing[0]


def test_circling_is_one_even_clockwise_turn_from_the_top():
    x, y, _ = path(Scene("red", "star", "circling", "white")) - 32
    angle = torch.atan2(x, -y) % (2 * math.pi)
    assert torch.allclose(angle, torch.arange(16) * 2 * math.pi / 16, atol=1e-5)
    assert torch.allclose(x.hypot(y), x.hypot(y)[0].expand(16), atol=1e-4)


def test_bouncing_touches_the_ground_twice_and_loops():
    height = path(Scene("red", "ball", "bouncing", "white"))[1]
    assert (height == height.max()).nonzero().flatten().tolist() == [0, 8]
    assert height[1] == height[15]


def test_picked_frames_are_those_of_the_whole_clip():
    scenes = [Scene("red", "heart", "growing", "white"), Scene("blue", "ball", "circling", "black")]
    picked = torch.tensor([[0, 7], [15, 3]])
    whole, some = render(scenes), render(scenes, picked=picked)
    assert torch.equal(some, torch.stack([whole[0, [0, 7]], whole[1, [15, 3]]]))


def test_unknown_motion_is_an_error():
    with pytest.raises(ValueError, match="dancing"):
        path(Scene("red", "ball", "dancing", "white"))


def test_a_ball_is_solid_in_spite_of_its_highlight():
    pixels = (render([Scene("red", "ball", "circling", "white")])[0] + 1) / 2
    mask = object_masks(pixels, pixels[:, :, 0, 0])
    assert (mask.flatten(1).sum(1) > math.pi * 13**2).all()
