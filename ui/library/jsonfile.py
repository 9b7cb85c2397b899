"""A file of JSON beside a run: read where it is there, written as a whole. Knows no run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from teacache.runs.files import whole


def read(place: Path) -> Any:
    """What a file holds; None where there is none."""
    return json.loads(place.read_text(encoding="utf-8")) if place.is_file() else None


def save(place: Path, data: Any) -> None:
    """Write a file, as a whole or not at all. Raises OSError if it cannot be written."""
    with whole(place) as unfinished:
        unfinished.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
