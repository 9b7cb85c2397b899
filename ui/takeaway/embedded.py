"""The clips, pictures and sounds of a run as bytes for its report, in a smaller copy where they are large."""

from __future__ import annotations

import tempfile
from pathlib import Path

from teacache.runs.stored import StoredRun
from ui.player import clips

LARGEST_VIDEO = 3 * 2**20  # bytes; beyond it the report gets a smaller copy

LARGEST_SOUND = 2 * 2**20  # bytes; ten seconds in stereo at 44.1 kHz take 1.8 million

HEIGHTS = (480, 320, 240)  # pixels of that copy, tried in turn

PICTURE_HEIGHT = 1024  # pixels of the copy of a picture


def video_of(run: StoredRun) -> bytes:
    """Both clips in one file, in a smaller copy if it is large."""
    if run.stacked.stat().st_size <= LARGEST_VIDEO:
        return run.stacked.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "small.mp4"
        for height in HEIGHTS:
            clips.smaller(run.stacked, copy, height)
            if copy.stat().st_size <= LARGEST_VIDEO:
                break
        return copy.read_bytes()


def picture_of(run: StoredRun) -> tuple[str, bytes]:
    """Both pictures in one file and its type; in a smaller copy if it is large."""
    whole = run.shown[0].read_bytes()
    if len(whole) <= LARGEST_VIDEO:
        return "image/png", whole
    return "image/webp", clips.smaller_picture(run.shown[0], PICTURE_HEIGHT)


def sound_of(place: Path) -> tuple[str, bytes]:
    """A sound and its type; as MP3 if it is large."""
    if place.stat().st_size <= LARGEST_SOUND:
        return "audio/wav", place.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "small.mp3"
        clips.smaller_sound(place, copy)
        return "audio/mpeg", copy.read_bytes()
