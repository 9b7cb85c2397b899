"""Where TeaCache loses its lead: what it and its rivals came to in setups that are not the usual one.

Recorded once by tools/record_lessons.py, several prompts a setup; a file beside the recorded runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ui.library import jsonfile

RECORD = "limits.json"


@dataclass(frozen=True, kw_only=True)
class Limit:
    """One setup; every method computed as many calls of the same prompts and noise."""

    name: str  # a key of ui/words/texts.json behind `limit_`
    steps: int
    guidance: float
    shift: float
    computed: int  # steps
    prompts: int
    psnr: dict[str, float]  # method -> dB, mean over the prompts, against the uncached clip of the same noise
    first: dict[str, int]  # method -> of how many prompts it was the nearest
    spread: float  # largest over smallest change of the output between two steps
    correlation: float  # of that change with the indicator's (Pearson)


def add(folder: Path, limit: Limit, *, order: Sequence[str]) -> None:
    """Write one among those that are there, `order` by name. Raises OSError if it cannot be written."""
    limits = {each["name"]: each for each in read(folder)} | {limit.name: asdict(limit)}
    record = [limits[name] for name in order if name in limits]
    jsonfile.save(folder / RECORD, record)


def read(folder: Path) -> list[dict[str, Any]]:
    """What was recorded; empty where nothing was."""
    return jsonfile.read(folder / RECORD) or []
