"""Several clips as one file, made once: a folder keeps the latest, and those that nobody looks at make room.

Knows the files' places; what they show is its caller's.
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


def joined(folder: Path, name: str, lanes: Sequence[clips.Lane]) -> Path:
    """The file of `folder` that shows these beside each other; `name` tells it from all others.

    Raises VideoError if ffmpeg fails or the folder takes nothing.
    """
    place = folder / f"{hashlib.sha256(name.encode()).hexdigest()[:24]}{lanes[0].path.suffix}"
    try:
        if not place.exists():
            clips.join(lanes, place)
        place.touch()
        come_last(place, folder.iterdir())  # it is the latest, again or now
        clips.keep_latest(folder, MOST)
    except OSError as error:
        raise VideoError("The videos could not be put together: {error}.", error=reason(error)) from error
    return place
