"""Clips beside each other in one file, made once and kept while somebody looks."""

from __future__ import annotations

import os

import numpy as np
import pytest

from teacache.errors import VideoError
from teacache.runs.video import write_video
from ui.player import pairs
from ui.player.clips import Lane


@pytest.fixture
def lanes(tmp_path):
    """Two clips of four frames."""
    places = [tmp_path / f"{name}.mp4" for name in ("left", "right")]
    for shade, place in enumerate(places):
        write_video(place, np.full((4, 32, 32, 3), 80 * shade, np.uint8), 8)
    return [Lane(place) for place in places]


def test_the_same_clips_are_joined_once(tmp_path, lanes, monkeypatch):
    first = pairs.joined(tmp_path / "pairs", lanes)
    monkeypatch.setattr(pairs.clips, "join", lambda *_: pytest.fail("joined again"))
    assert pairs.joined(tmp_path / "pairs", lanes) == first


def test_a_clip_that_was_written_anew_is_joined_anew(tmp_path, lanes):
    before = pairs.joined(tmp_path / "pairs", lanes)
    written = lanes[1].path.stat().st_mtime_ns
    os.utime(lanes[1].path, ns=(written + 1, written + 1))
    assert pairs.joined(tmp_path / "pairs", lanes) != before


def test_the_order_and_the_side_tell_one_file_from_another(tmp_path, lanes):
    left, right = lanes
    asked = ([left, right], [right, left], [left, Lane(right.path, "left")])
    assert len({pairs.joined(tmp_path / "pairs", one) for one in asked}) == len(asked)


def test_a_clip_that_is_gone_is_refused_in_a_sentence(tmp_path, lanes):
    lanes[0].path.unlink()
    with pytest.raises(VideoError, match="could not be put together"):
        pairs.joined(tmp_path / "pairs", lanes)
