"""Checkpoints on disk that ask for quick runs by their own configuration, which is what the page goes by."""

from __future__ import annotations

import json
from pathlib import Path

from tests import tiny

# name -> pipeline class, what its transformer's configuration says of the clip
KINDS = {
    "pictures": ("Lumina2Pipeline", {"sample_size": 8}),
    "sounds": ("TangoFluxPipeline", {}),
    "animates": (
        "CogVideoXImageToVideoPipeline",
        {"sample_width": 12, "sample_height": 8, "sample_frames": 9},
    ),
}
SIZES = {
    "pictures": (1, 64, 64),
    "sounds": (1, 480, 800),
    "animates": (9, 32, 48),
}  # frames, height, width in pixels


def save(name: str, place: Path) -> Path:
    """Write one of them as PLACE/NAME, which is also its name on the page."""
    kind, sizes = KINDS[name]
    folder = tiny.save(kind, place / name)
    config = folder / "transformer" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | sizes))
    return folder


def image(place: Path) -> Path:
    """A picture of another shape than the clip, as a file called my picture.png."""
    path = place / "my picture.png"
    tiny.picture(120, 100).save(path)
    return path
