"""The sweeps that a page can show: those that ship with the app, and those in ./sweeps of this server."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from teacache.errors import RequestError, StoreError
from teacache.method.trace import Trace
from teacache.study.sweep.rows import UNCACHED, Row
from teacache.study.sweep.store import TABLE, Store

SHIPPED = Path(__file__).resolve().parents[2] / "assets" / "sweeps"


class Shelf:
    """Folders of sweeps, looked up by name; the first folder that has a name wins."""

    def __init__(self, folders: Sequence[Path] = (SHIPPED, Path("sweeps"))):
        self.folders = tuple(folders)

    def names(self) -> list[str]:
        """Of all sweeps that have a table."""
        names = [path.parent.name for folder in self.folders for path in sorted(folder.glob(f"*/{TABLE}"))]
        return list(dict.fromkeys(names))

    def store(self, name: str) -> Store:
        """A sweep's folder. Raises StoreError if there is none of that name."""
        for folder in self.folders:
            if name in {path.parent.name for path in folder.glob(f"*/{TABLE}")}:
                return Store(folder / name)
        raise StoreError("There is no sweep {name!r}.", name=name)

    def rows(self, name: str) -> tuple[Row, ...]:
        """All runs of a sweep. Raises StoreError."""
        table = self.store(name).folder / TABLE
        return _rows(table, table.stat().st_mtime_ns)

    def row(self, name: str, key: str) -> tuple[Row, Row]:
        """A run and the uncached run of its noise. Raises StoreError."""
        rows = self.rows(name)
        run = next((row for row in rows if row.key == key), None)
        if run is None:
            raise StoreError("Sweep {name} has no run {key!r}.", name=name, key=key)
        same = (run.index, run.seed, UNCACHED)
        return run, next(row for row in rows if (row.index, row.seed, row.method) == same)

    def trace(self, name: str, row: Row) -> Trace | None:
        """A run's trace; None where its method makes none."""
        try:
            return self.store(name).load_trace(row.key)
        except RequestError:
            return None

    def clips(self, name: str, row: Row, uncached: Row) -> tuple[Path, Path] | None:
        """The clips of the uncached run and of a run; None where they were not shipped with the table."""
        store = self.store(name)
        left, right = store.clip(uncached.key), store.clip(row.key)
        return (left, right) if left.is_file() and right.is_file() else None

    def record(self, name: str) -> dict[str, Any]:
        """What was asked for. Raises StoreError, or RequestError where it cannot be read."""
        return self.store(name).record()


@lru_cache(maxsize=4)
def _rows(table: Path, written: int) -> tuple[Row, ...]:
    """The rows of a table as it was written at that time."""
    import pyarrow.parquet as pq

    from teacache.study.sweep.rows import from_table

    return tuple(from_table(pq.read_table(table)))
