"""Previews as sprites."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from tests.runs import samples
from ui.player import player


def decoded(sprite) -> np.ndarray:
    head, _, data = sprite["sprite"].partition(",")
    assert head == "data:image/webp;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))


def test_a_sprite_holds_the_frames_side_by_side():
    clip = samples.clip(frames=4)
    told = player.sprite(clip)
    picture = decoded(told)
    assert picture.shape == (told["height"], 4 * told["width"], 3)
    third = picture[:, 2 * told["width"] : 3 * told["width"]].astype(float)
    assert np.abs(third - clip[2]).mean() < 10


@pytest.mark.parametrize("shape", [(49, 480, 720, 3), (81, 96, 64, 3), (1, 16, 16, 3)])
def test_long_and_large_clips_become_small_sprites(shape):
    told = player.sprite(np.zeros(shape, np.uint8))
    assert told["frames"] <= player.PREVIEW_FRAMES and told["height"] <= player.PREVIEW_HEIGHT
    assert len(told["sprite"]) < 100_000
