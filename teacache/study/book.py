"""Numbers that took long to compute, kept in one file by name, so that an interrupted study goes on.

Knows names and plain JSON values; nothing of what they mean.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from teacache.runs.files import whole


@dataclass(frozen=True)
class Book:
    """The file, changed in one step at every writing; without a path nothing is kept."""

    path: Path | None

    def read(self, name: str) -> Any:
        """None where it is not known."""
        return self._all().get(name)

    def write(self, name: str, value: Any) -> None:
        """Kept at once."""
        if self.path is None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with whole(self.path) as unfinished:
            unfinished.write_text(json.dumps(self._all() | {name: value}), encoding="utf-8")

    def _all(self) -> dict[str, Any]:
        if self.path is None or not self.path.exists():
            return {}
        return json.loads(self.path.read_text(encoding="utf-8"))
