"""The object's region is found, and only errors in it count."""

import numpy as np
import pytest

from teacache.study.regions import MARGIN, object_mask, object_psnr


@pytest.fixture
def clip():
    """A white square of 10 pixels on a blue background, two frames."""
    video = np.zeros((2, 32, 32, 3), np.uint8)
    video[..., 2] = 200
    video[:, 10:20, 12:22] = 255
    return video


def test_the_mask_is_the_object_and_a_margin(clip):
    mask = object_mask(clip)
    wanted = np.zeros((2, 32, 32), bool)
    wanted[:, 10 - MARGIN : 20 + MARGIN, 12 - MARGIN : 22 + MARGIN] = True
    assert (mask == wanted).all()


def test_errors_in_the_background_do_not_count(clip):
    wrong = clip.copy()
    wrong[:, :4, :4] = 255
    assert object_psnr(wrong, clip) == 100


def test_an_error_of_a_fifth_on_the_object_is_14_db(clip):
    clip[clip == 255] = 204
    wrong = clip.copy()
    wrong[object_mask(clip)] += 51
    assert object_psnr(wrong, clip) == pytest.approx(-20 * np.log10(0.2))


def test_a_clip_without_an_object_has_no_object_psnr():
    flat = np.full((2, 32, 32, 3), 90, np.uint8)
    assert object_psnr(flat, flat) is None


def test_an_object_at_the_border_is_still_found(clip):
    moved = np.roll(clip, -12, axis=2)
    assert object_mask(moved)[:, 15, 0].all()


def test_before_a_picture_the_object_is_what_moves():
    picture = np.random.default_rng(0).integers(0, 255, (32, 32, 3), np.uint8)
    video = np.repeat(picture[None], 5, axis=0)
    wanted = np.zeros((5, 32, 32), bool)
    for i in range(5):
        video[i, 14:18, 4 * i : 4 * i + 4] = 255 - picture[14:18, 4 * i : 4 * i + 4] // 2
        wanted[i, 14 - MARGIN : 18 + MARGIN, max(0, 4 * i - MARGIN) : 4 * i + 4 + MARGIN] = True
    mask = object_mask(video)
    assert not (mask & ~wanted).any() and mask.sum() > 0.9 * wanted.sum()
