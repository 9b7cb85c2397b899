"""A run recorded at other thresholds too: its clips, so that the hand that moves the slider moves the video.

One picture that holds them all, a row a threshold, a column a frame; beside it what each came to. Knows
frames and files, no pipelines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from teacache.runs.files import whole
from ui.library import jsonfile

PICTURE, RECORD = "ladder.webp", "ladder.json"
QUALITY = 90  # as near as the run's own video file is


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One threshold: its schedule, a digit per call, 1 where it was computed, and what came of it."""

    threshold: float
    schedule: str
    seconds: float | None  # of the clip, where the uncached one took what the run's own did
    measured: float | None  # times as fast as the uncached run, by what the calls say
    psnr: float  # dB
    ssim: float
    frames: tuple[float, ...]  # PSNR of each, dB


def save(folder: Path, rungs: Sequence[tuple[Rung, np.ndarray]]) -> None:
    """Write rungs with their clips (F, H, W, 3) uint8. Raises OSError if they cannot be written."""
    from PIL import Image  # comes with gradio

    sheet = np.concatenate([np.concatenate(list(clip), axis=1) for _, clip in rungs], axis=0)
    with whole(folder / PICTURE) as unfinished:
        Image.fromarray(sheet).save(unfinished, "WEBP", quality=QUALITY, method=6)
    frames, height, width, _ = rungs[0][1].shape
    record = {
        "frames": frames,
        "height": height,
        "width": width,
        "rungs": [asdict(rung) for rung, _ in rungs],
    }
    jsonfile.save(folder / RECORD, record)


def read(folder: Path) -> dict[str, Any] | None:
    """What the picture of a folder holds; None where there is none."""
    return jsonfile.read(folder / RECORD)
