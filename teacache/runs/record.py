"""The record of a run, run.json, read and checked: it may come from a stranger. Knows no other file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from annotated_types import Gt, Le
from pydantic import TypeAdapter

from teacache.errors import StoreError
from teacache.method.reading import Flag, Line, Number, read
from teacache.method.trace import Trace
from teacache.runs.comparison import AnyFidelity, Rival, Timings
from teacache.runs.request import Request
from teacache.runs.stored import RECORD, StoredRun

VERSION = 1
MAX_RECORD = 64 * 2**20  # bytes; 20,000 calls are far less, and a foreign file may be anything


def write_json(path: Path, data: dict[str, Any]) -> None:
    """Write a file as strict JSON."""
    text = json.dumps(data, allow_nan=False, indent=1)  # NaN is no JSON, whatever Python's default says
    path.write_text(text, encoding="utf-8")


def read_record(place: Path) -> dict[str, Any]:
    """The record of a run. Raises StoreError, or OSError as it comes."""
    record = place / RECORD
    if not record.is_file():  # there is none, or a pipe, say, which would be waited for
        raise StoreError("There is no run {run_id} in {folder}.", run_id=place.name, folder=place.parent)
    if record.stat().st_size > MAX_RECORD:
        raise StoreError(
            "Run {run_id} cannot be read: its {file} is too large to be one.",
            run_id=place.name,
            file=RECORD,
        )
    try:
        data = json.loads(record.read_text(encoding="utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:  # JSON and UTF-8 errors are ValueErrors
        raise StoreError(
            "Run {run_id} cannot be read: its {file} is not JSON ({error}).",
            run_id=place.name,
            file=RECORD,
            error=error,
        ) from error
    check_version(place.name, data)
    return data


def check_version(run_id: str, data: Any) -> None:
    """Raise StoreError for a record that this program does not read."""
    if not isinstance(data, dict) or data.get("version") != VERSION:
        raise StoreError(
            "Run {run_id} cannot be read: its {file} is not of version {known}.",
            run_id=run_id,
            file=RECORD,
            known=VERSION,
        )


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def stored_run(place: Path, data: dict[str, Any]) -> StoredRun:
    """The run of a record. Raises TeaCacheError or ValueError for what is none."""
    record = read(_SCHEMA, data, whole=RECORD, refusal=StoreError, version=VERSION)
    if record.run_id != place.name:
        raise ValueError(f"it says it is {record.run_id!r}, so the folder was renamed")
    if not _is_time(record.created):
        raise ValueError(f"created cannot be {record.created!r}")
    uncached, cached = Trace.from_json(record.uncached), Trace.from_json(record.cached)
    if not (uncached.records and cached.records):
        raise ValueError("one of its runs has no calls")
    request = Request.from_json(record.request)
    read_apart: dict[str, Any] = {"request": request, "uncached": uncached, "cached": cached}
    return StoredRun(**vars(record) | read_apart, folder=place)


@dataclass(frozen=True, kw_only=True)
class _Record:
    """run.json, with what is read apart."""

    run_id: Line
    created: Line
    fps: Annotated[Number, Gt(0), Le(240)]
    request: Any
    uncached: Any
    cached: Any
    uncached_timings: Timings
    cached_timings: Timings
    fidelity: AnyFidelity
    baseline_reused: Flag
    rivals: tuple[Rival, ...]


_SCHEMA = TypeAdapter(_Record)


def _is_time(text: Any) -> bool:
    try:
        return isinstance(text, str) and bool(datetime.fromisoformat(text))
    except ValueError:
        return False
