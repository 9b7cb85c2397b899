"""The residual that a run kept, as a small map of numbers for some of its steps, beside the run as text.

A row is a token, a column one of its numbers (teacache/runs/glimpse.py says which), signed bytes. Knows
arrays and files, no pipelines.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np

from ui.library import jsonfile

RECORD = "residuals.json"
MOST = 40  # steps of a run
_FULL, _DEVIATIONS = 127, 2.5  # the largest byte, and how many deviations it stands for


def save(folder: Path, samples: dict[int, np.ndarray]) -> None:
    """Write step that it was computed at -> (rows, columns). Raises OSError if it cannot be written.

    One scale for all, since what is to be seen is how little they differ.
    """
    steps = sorted(samples)
    places: list[int] = np.linspace(0, len(steps) - 1, min(MOST, len(steps))).round().astype(int).tolist()
    chosen = [steps[place] for place in places]
    sheet = np.stack([samples[step] for step in chosen])
    scale = _FULL / max(_DEVIATIONS * float(sheet.std()), 1e-9)
    values = np.clip(sheet * scale, -_FULL, _FULL).round().astype(np.int8)
    rows, columns = sheet.shape[1:]
    record = {"rows": rows, "columns": columns, "steps": chosen}
    record["values"] = base64.b64encode(values.tobytes()).decode()
    jsonfile.save(folder / RECORD, record)


def read(folder: Path) -> dict[str, Any] | None:
    """What was kept in a folder; None where nothing was."""
    return jsonfile.read(folder / RECORD)
