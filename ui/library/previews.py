"""Previews of a clip while it takes shape, kept beside its run: one small picture that holds them all.

One row a kept step, uncached rows first; one column a frame. Knows frames and files, no pipelines.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from teacache.runs.comparison import Comparison, Progress
from teacache.runs.files import whole
from ui.library import jsonfile

PICTURE, RECORD = "previews.webp", "previews.json"
FRAMES = 4  # of a clip, evenly spread: enough to see it move
HEIGHT = 64  # pixels, at most
MOST = 60  # steps of one lane; a WebP picture is at most 16383 pixels high
_LANES = ("uncached", "cached")


class Previews:
    """Collects the previews of both lanes as (step, frames)."""

    def __init__(self) -> None:
        self.lanes: dict[str, dict[int, np.ndarray]] = {lane: {} for lane in _LANES}
        self._last: np.ndarray | None = None

    def see(self, progress: Progress) -> None:
        """Keep the preview of a state of `compare`, if it has a new one."""
        picture = progress.preview
        lane = "cached" if progress.cached or progress.phase == "cached" else "uncached"
        records = progress.cached if lane == "cached" else progress.uncached
        if picture is None or picture is self._last or not records:
            return
        self._last = picture
        self.add(lane, records[-1].step, picture)

    def add(self, lane: str, step: int, frames: np.ndarray) -> None:
        """Keep the clip (F, H, W, 3) uint8 as it was guessed after a step."""
        preview = _small(frames)
        earlier = [rows for previews in self.lanes.values() for rows in previews.values()]
        # The decoded clip may be larger than its previews.
        fits = not earlier or earlier[0].shape == preview.shape
        if fits and (step in self.lanes[lane] or len(self.lanes[lane]) < MOST):
            self.lanes[lane][step] = preview

    def finish(self, comparison: Comparison) -> None:
        """Keep the finished clips as what the last step left."""
        for lane, run in zip(_LANES, (comparison.uncached, comparison.cached), strict=True):
            self.add(lane, run.trace.records[-1].step, run.video)

    def save(self, folder: Path) -> bool:
        """Write the picture and what it holds into a folder; False if there is nothing to write.

        Raises OSError if they cannot be written; each is there as a whole or not at all.
        """
        rows = [frames for lane in _LANES for _, frames in sorted(self.lanes[lane].items())]
        if not rows:
            return False
        from PIL import Image  # comes with gradio

        folder.mkdir(parents=True, exist_ok=True)
        sheet = np.concatenate([np.concatenate(list(row), axis=1) for row in rows], axis=0)
        with whole(folder / PICTURE) as unfinished:
            Image.fromarray(sheet).save(unfinished, "WEBP", quality=55, method=4)
        frames, height, width, _ = rows[0].shape
        record = {"frames": frames, "height": height, "width": width}
        record["lanes"] = [sorted(self.lanes[lane]) for lane in _LANES]
        with whole(folder / RECORD) as unfinished:
            unfinished.write_text(json.dumps(record), encoding="utf-8")
        return True


def read(folder: Path) -> dict[str, Any] | None:
    """What the previews in a folder hold, or None if there are none."""
    return jsonfile.read(folder / RECORD) if (folder / PICTURE).is_file() else None


def _small(frames: np.ndarray) -> np.ndarray:
    chosen = np.linspace(0, len(frames) - 1, min(FRAMES, len(frames))).round().astype(int)
    shrink = -(-frames.shape[1] // HEIGHT)
    return np.ascontiguousarray(frames[chosen][:, ::shrink, ::shrink])
