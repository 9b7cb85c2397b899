"""Videos are judged by decoding them again with the same ffmpeg."""

import re
import subprocess

import numpy as np
import pytest

from teacache.errors import VideoError
from teacache.runs import video
from teacache.runs.video import enlarge, stack, write_video
from tests.runs.samples import clip

BT709 = "scale=in_color_matrix=bt709:in_range=tv"


def decode(path, height: int, width: int, filters: str = BT709) -> np.ndarray:
    raw_frames = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-")
    command = [video.find_ffmpeg(), "-loglevel", "error", "-i", str(path), "-vf", filters, *raw_frames]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, height, width, 3)


def probe(path) -> str:
    command = [video.find_ffmpeg(), "-i", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr


def error(decoded: np.ndarray, frames: np.ndarray) -> float:
    return float(np.abs(decoded.astype(int) - frames).mean())


def test_a_small_clip_keeps_its_frames_size_and_colours(tmp_path):
    frames = clip(side=64, frames=16)
    write_video(tmp_path / "clip.mp4", enlarge(frames), 8)
    decoded = decode(tmp_path / "clip.mp4", 256, 256)
    assert decoded.shape == (16, 256, 256, 3)
    assert error(decoded, enlarge(frames)) < 2


@pytest.mark.parametrize("side", [256, 768])  # players that guess the colour matrix guess by size
def test_colours_hold_at_both_sides_of_the_size_where_players_guess(tmp_path, side):
    frames = clip(side=side, frames=3)
    write_video(tmp_path / "clip.mp4", frames, 8)
    assert error(decode(tmp_path / "clip.mp4", side, side), frames) < 2


def test_saturated_colours_come_back(tmp_path):
    frames = np.zeros((2, 64, 192, 3), np.uint8)
    for i in range(3):
        frames[:, :, 64 * i : 64 * (i + 1), i] = 255
    write_video(tmp_path / "clip.mp4", frames, 8)
    inside = [
        *range(16, 48),
        *range(80, 112),
        *range(144, 176),
    ]  # away from the edges, where 4:2:0 mixes colours
    assert error(decode(tmp_path / "clip.mp4", 64, 192)[:, 16:48, inside], frames[:, 16:48, inside]) < 3


def test_the_file_says_which_colours_it_holds(tmp_path):
    write_video(tmp_path / "clip.mp4", clip(side=64), 8)
    said = probe(tmp_path / "clip.mp4")
    assert re.search(r"yuv420p\(tv, bt709[,)]", said), (
        said
    )  # "bt709/unknown/unknown" is what browsers misread


@pytest.mark.parametrize("fps", [8, 15, 24])
def test_the_file_plays_at_the_asked_rate(tmp_path, fps):
    write_video(tmp_path / "clip.mp4", clip(side=64), fps)
    assert f"{fps} fps" in probe(tmp_path / "clip.mp4")


def test_every_frame_is_a_key_frame(tmp_path):
    write_video(tmp_path / "clip.mp4", clip(side=64, frames=16), 8)
    only_keys = f"select=eq(pict_type\\,I),{BT709}"
    assert len(decode(tmp_path / "clip.mp4", 64, 64, only_keys)) == 16


def test_stacking_puts_the_uncached_clip_left(tmp_path):
    left, right = clip(0, side=64), clip(1, side=64)
    write_video(tmp_path / "stacked.mp4", stack(left, right), 8)
    decoded = decode(tmp_path / "stacked.mp4", 256, 512)
    assert error(decoded[:, :, :256], enlarge(left)) < 2
    assert error(decoded[:, :, 256:], enlarge(right)) < 2


def test_small_clips_are_enlarged_by_repeating_pixels_and_large_ones_left_alone():
    small, large = clip(side=64), clip(side=256)
    assert np.array_equal(enlarge(small)[:, ::4, ::4], small)
    assert np.array_equal(enlarge(small)[:, 3::4, 3::4], small)
    assert enlarge(large) is large


def test_clips_of_different_length_cannot_be_stacked():
    with pytest.raises(VideoError, match="side by side"):
        stack(clip(frames=3), clip(frames=4))


@pytest.mark.parametrize(
    "frames",
    [clip().astype(float), clip()[0], clip()[:0], clip()[..., :1], clip()[:, :31], clip()[:, :, :31]],
)
def test_what_is_no_clip_is_refused(tmp_path, frames):
    with pytest.raises(VideoError):
        write_video(tmp_path / "clip.mp4", frames, 8)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("fps", [0, -1, float("nan"), 1000])
def test_impossible_rates_are_refused(tmp_path, fps):
    with pytest.raises(VideoError, match="frames a second"):
        write_video(tmp_path / "clip.mp4", clip(), fps)


def test_a_missing_ffmpeg_is_one_sentence_with_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "nowhere"))
    with pytest.raises(VideoError, match="ffmpeg was not found: install imageio-ffmpeg") as caught:
        write_video(tmp_path / "clip.mp4", clip(), 8)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_a_video_error(tmp_path):
    with pytest.raises(VideoError, match="could not be written"):
        write_video(tmp_path / "nowhere" / "clip.mp4", clip(), 8)


def test_a_full_disk_is_a_video_error_and_leaves_nothing(tmp_path):
    (tmp_path / "clip.mp4").symlink_to("/dev/full")
    with pytest.raises(VideoError, match="No space left"):
        write_video(tmp_path / "clip.mp4", clip(side=256), 8)
    assert not list(tmp_path.iterdir())
