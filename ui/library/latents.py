"""What a run's steps were given: its noisy latents, as tiny pictures kept beside the run as text.

A picture is the middle frame, three channels of it as red, green and blue. Knows arrays and files, no
pipelines.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np

from teacache.runs.files import whole
from ui.library import jsonfile

RECORD = "latents.json"
FEW = 9  # steps: enough for the tour and the card of a step
MOST = 17  # steps: enough for a film strip and near enough to any step, in a few kB
_GREY, _CONTRAST = 127.5, 48.0  # latents are about standard normal: two and a half deviations to each end


def picture(latents: np.ndarray) -> np.ndarray:
    """Latents (C, F, H, W) of three channels or more as (H, W, 3) uint8."""
    middle = latents[:3, latents.shape[1] // 2]
    return np.clip(_GREY + _CONTRAST * middle, 0, 255).round().astype(np.uint8).transpose(1, 2, 0)


def moments(steps: int) -> list[int]:
    """The steps that are kept of so many, the first and the last among them."""
    return sorted({round(step) for step in np.linspace(0, steps - 1, min(MOST, steps))})


def save(folder: Path, pictures: dict[int, np.ndarray]) -> None:
    """Write step -> picture (H, W, 3), as a whole or not at all. Raises OSError if it cannot be written."""
    height, width, _ = next(iter(pictures.values())).shape
    sheet = np.stack([picture for _, picture in sorted(pictures.items())])
    record = {"height": height, "width": width, "steps": sorted(pictures)}
    record["rgb"] = base64.b64encode(sheet.tobytes()).decode()
    with whole(folder / RECORD) as unfinished:
        unfinished.write_text(json.dumps(record) + "\n", encoding="utf-8")


def read(folder: Path) -> dict[str, Any] | None:
    """What was kept in a folder; None where nothing was."""
    return jsonfile.read(folder / RECORD)


def fewer(pictures: dict[str, Any]) -> dict[str, Any]:
    """Every other of many pictures: what each page is told at once."""
    if len(pictures["steps"]) <= FEW:
        return pictures
    shape = (len(pictures["steps"]), -1)
    sheet = np.frombuffer(base64.b64decode(pictures["rgb"]), np.uint8).reshape(shape)[::2]
    return pictures | {"steps": pictures["steps"][::2], "rgb": base64.b64encode(sheet.tobytes()).decode()}
