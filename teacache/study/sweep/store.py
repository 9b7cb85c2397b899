"""The folder of a sweep: rows as they come, traces and clips beside them, and the table made of the rows.

    sweep.json            what was asked for
    rows.jsonl            the journal: a line a finished run, written when its files are there
    sweep.parquet         the same rows as a table, with all scores
    traces/KEY.json.gz    of runs that have a trace
    clips/KEY.mp4         for the eye: nothing is measured on them

A row counts from the moment its line is whole, so that nothing is lost or made twice after a crash of any
kind. One process at a time writes. Knows files; knows no pipeline.
"""

from __future__ import annotations

import fcntl
import gzip
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter

from teacache.errors import RequestError
from teacache.method.gate import Settings
from teacache.method.reading import Number, read
from teacache.method.trace import Trace
from teacache.runs.files import whole
from teacache.study.sweep.rows import Row, from_table, read_rows, to_table

RECORD, JOURNAL, TABLE, SCORES = "sweep.json", "rows.jsonl", "sweep.parquet", "scores.json"
REPORT = "report.html"

_Record = dict[str, Any]  # of a sweep; its settings are read by themselves
_Scores = dict[str, dict[str, Number]]
_RECORD: TypeAdapter[_Record] = TypeAdapter(_Record)
_SCORES: TypeAdapter[_Scores] = TypeAdapter(_Scores)
Read = TypeVar("Read")


class Store:
    """One sweep's folder."""

    def __init__(self, folder: str | Path):
        self.folder = Path(folder)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Only within may rows be added. Raises RequestError while another process is writing there."""
        try:
            for name in ("traces", "clips"):
                (self.folder / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RequestError(
                "The sweep cannot be kept in {folder}: {why}. Name another folder with --out.",
                folder=self.folder,
                why=error.strerror,
            ) from error
        with (self.folder / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise RequestError(
                    "Another process is writing to {folder}: wait for it, or name another folder with --out.",
                    folder=self.folder,
                ) from error
            _drop_half_line(self.folder / JOURNAL)
            yield

    def begin(self, record: Mapping[str, Any]) -> None:
        """Write down what is asked for. Raises RequestError where the folder holds another sweep."""
        before = self.record()
        if before and _what_must_agree(before) != _what_must_agree(record):
            raise RequestError(
                "{folder} holds a sweep of other runs: name another folder with --out.", folder=self.folder
            )
        _write_whole(self.folder / RECORD, json.dumps(record, indent=1).encode())

    def record(self) -> dict[str, Any]:
        """What was asked for; empty where there is no sweep yet. Raises RequestError."""
        return _read(_RECORD, self.folder / RECORD) or {}

    def rows(self) -> list[Row]:
        """The finished runs, as they finished; from the table where there is no journal.

        Raises RequestError for a row that is none.
        """
        journal = self.folder / JOURNAL
        if journal.exists():
            lines = journal.read_bytes().split(b"\n")[:-1]  # what follows the last line's end is not whole
            return read_rows(_parsed(line, journal) for line in lines)
        if (self.folder / TABLE).exists():
            import pyarrow.parquet as pq

            return from_table(pq.read_table(self.folder / TABLE))
        return []

    def add(self, row: Row, trace: Trace | None, clip: bytes) -> None:
        """Keep a finished run: its files first, its row last."""
        _write_whole(self.clip(row.key), clip)
        if trace is not None:
            _write_whole(self.trace(row.key), packed(trace))
        with (self.folder / JOURNAL).open("ab") as file:
            file.write(json.dumps(asdict(row)).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def write_table(self, rows: Sequence[Row]) -> Path:
        """Write the table of these rows, with the scores that were kept for them."""
        import pyarrow.parquet as pq

        table = to_table(rows, scores=self.scores(), about={"sweep": json.dumps(self.record())})
        with whole(self.folder / TABLE) as unfinished:
            pq.write_table(table, unfinished, compression="zstd")
        return self.folder / TABLE

    def scores(self) -> dict[str, dict[str, float]]:
        """Scores of other judges, by a row's key, then by the name of their column. Raises RequestError."""
        return _read(_SCORES, self.folder / SCORES) or {}

    def keep_scores(self, scores: Mapping[str, Mapping[str, float]]) -> None:
        """Add to the scores; a later one of the same name wins."""
        before = self.scores()
        merged = {key: {**before.get(key, {}), **scores.get(key, {})} for key in {*before, *scores}}
        _write_whole(self.folder / SCORES, json.dumps(merged, indent=1, sort_keys=True).encode())

    def trace(self, key: str) -> Path:
        """Where a run's trace is, if it has one."""
        return self.folder / "traces" / f"{key}.json.gz"

    def clip(self, key: str) -> Path:
        """Where a run's clip is."""
        return self.folder / "clips" / f"{key}.mp4"

    def load_trace(self, key: str) -> Trace:
        """A run's trace. Raises RequestError if it has none."""
        try:
            return Trace.from_json(json.loads(gzip.decompress(self.trace(key).read_bytes())))
        except (OSError, EOFError, ValueError) as error:
            raise RequestError("Run {key} of this sweep has no trace.", key=key) from error


def packed(trace: Trace) -> bytes:
    """A trace as compressed JSON, the same bytes for the same trace."""
    return gzip.compress(json.dumps(trace.to_json(), separators=(",", ":")).encode(), mtime=0)


def _what_must_agree(record: Mapping[str, Any]) -> Any:
    """What rows of one folder share; prompts, levels and methods may be added later, and settings may have
    got new fields since, which stood at their defaults.
    """
    settings = record.get("settings")
    return record.get("setup"), settings and Settings.from_json(settings)


def _read(adapter: TypeAdapter[Read], path: Path) -> Read | None:
    """What a file holds; None where there is none."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    return read(adapter, _parsed(data, path), whole=path.name, refusal=RequestError)


def _parsed(text: bytes, path: Path) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise RequestError("{path} cannot be read: {error}.", path=path, error=error) from error


def _write_whole(path: Path, content: bytes) -> None:
    with whole(path) as unfinished:
        unfinished.write_bytes(content)


def _drop_half_line(path: Path) -> None:
    """Remove what an interruption left after the last whole line."""
    if path.exists():
        text = path.read_bytes()
        path.write_bytes(text[: text.rfind(b"\n") + 1])
