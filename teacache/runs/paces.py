"""What runs took on this machine, kept beside the runs, so that a restarted server still knows.

One small JSON file, replaced in one step. What another machine measured, or what cannot be read, counts
nothing: a forecast is then made from what is published.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Hashable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from teacache.errors import StoreError
from teacache.method.reading import read
from teacache.runs.files import whole
from teacache.runs.forecast import Measured

NAME = ".paces.json"  # a leading dot: never a run id
MOST = 64  # models, sizes and steps that are remembered; the oldest make room
_log = logging.getLogger(__name__)


class Paces:
    """The latest run of every model and size, the latest first; safe to share between threads."""

    def __init__(self, folder: Path, device: str):
        """`device`: the name of what computes here; runs of another are left out."""
        self._path, self._device = folder / NAME, device
        self._lock = threading.Lock()
        self._known: list[Measured] = _read(self._path, device)

    def known(self) -> tuple[Measured, ...]:
        """All of them."""
        return tuple(self._known)

    def note(self, run: Any) -> None:
        """Remember what a finished comparison took; until the next start, where it cannot be written."""
        measured = Measured.of(run)
        if measured is None:
            return
        with self._lock:
            others = [one for one in self._known if _key(one) != _key(measured)]
            self._known = [measured, *others][:MOST]
            record = asdict(_Record(device=self._device, runs=self._known))
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                with whole(self._path) as unfinished:
                    unfinished.write_text(json.dumps(record), encoding="utf-8")
            except OSError as error:
                _log.warning("how long runs take could not be kept: %s", error)


@dataclass(frozen=True, kw_only=True)
class _Record:
    """What the file holds."""

    device: str
    runs: list[Measured]


_SCHEMA = TypeAdapter(_Record)


def _key(one: Measured) -> Hashable:
    return one.model, one.size, one.steps, one.guided


def _read(path: Path, device: str) -> list[Measured]:
    try:
        record = read(_SCHEMA, json.loads(path.read_text(encoding="utf-8")), whole=NAME, refusal=StoreError)
        return record.runs if record.device == device else []
    except FileNotFoundError:
        return []
    except (OSError, ValueError, StoreError) as error:
        _log.warning("how long runs took is not known any more: %s", error)
        return []
