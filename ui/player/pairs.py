"""Several clips as one file, made once: a folder keeps the latest, and those that nobody looks at make room.

Knows files; what they show is its caller's. A clip that was written anew makes another file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from teacache.errors import VideoError
from teacache.runs.files import reason
from teacache.runs.housekeeping import come_last
from ui.player import clips

MOST = 32  # files of a folder


def joined(folder: Path, lanes: Sequence[clips.Lane]) -> Path:
    """The file of `folder` that shows these beside each other.

    Raises VideoError if there is no such clip, if ffmpeg fails or the folder takes nothing.
    """
    try:
        place = folder / f"{_name(lanes)}{lanes[0].path.suffix}"
        if not place.exists():
            clips.join(lanes, place)
        place.touch()
        come_last(place, folder.iterdir())  # it is the latest, again or now
        clips.keep_latest(folder, MOST)
    except OSError as error:
        raise VideoError("The videos could not be put together: {error}.", error=reason(error)) from error
    return place


def _name(lanes: Sequence[clips.Lane]) -> str:
    """Another for other clips, and for the same clip as it was at another time."""
    parts = [f"{lane.path}/{lane.side}/{lane.path.stat().st_mtime_ns}" for lane in lanes]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]
