"""Other methods at several settings, on the prompt and noise of a recorded run: a curve each.

One file beside the run. Knows the file; runs nothing and draws nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ui.library import jsonfile

RECORD = "curves.json"


@dataclass(frozen=True, kw_only=True)
class Point:
    """One method at one setting."""

    method: str  # in METHODS
    values: dict[str, float]  # of its knobs
    share: float  # of the uncached run's work
    measured: float  # times as fast as an uncached run of the same minutes
    psnr: float  # dB


def save(folder: Path, points: Sequence[Point]) -> None:
    """Write the points of a run. Raises OSError if they cannot be written."""
    jsonfile.save(folder / RECORD, [asdict(point) for point in points])


def points(folder: Path) -> list[Point]:
    """The same as they were saved."""
    return [Point(**point) for point in read(folder)]


def read(folder: Path) -> list[dict[str, Any]]:
    """What was recorded beside a run; nothing where nothing was."""
    return jsonfile.read(folder / RECORD) or []
