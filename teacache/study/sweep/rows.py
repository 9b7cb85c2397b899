"""What one run of a sweep came to, as a row; and rows as an Arrow table, which Parquet files hold.

Knows numbers and names; knows no pipeline, no folder and no page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from pydantic import ConfigDict, TypeAdapter

from teacache.errors import RequestError
from teacache.method.reading import Flag, Line, Number, Prose, Whole, read

if TYPE_CHECKING:
    import pyarrow as pa

UNCACHED = "uncached"  # the method of the runs that all others are judged by
MEASURED = ("seconds", "uncached_seconds", "disturbed", "worker")  # of the machine: no two runs share them


@dataclass(frozen=True, kw_only=True)
class Row:
    """One clip of one method at one level, judged against the uncached clip of the same noise."""

    __pydantic_config__ = ConfigDict(extra="forbid")
    key: Line  # of its trace and its clip
    index: Whole  # of the prompt
    prompt: Prose
    seed: Whole  # of the noise
    model: Line
    steps: Whole
    guidance_scale: Number
    flow_shift: Number | None  # of the scheduler; None where it has none
    method: Line
    values: Line  # of the method's knobs, as JSON
    knob: Number  # the first of them: a threshold, a share of steps, an interval
    budget: Whole | None  # computed steps that it was chosen for; None where it was given
    computed: Whole  # computed calls; a call of which a part was computed is one
    calls: Whole
    share: Number  # of the uncached run's work, 0 to 1: calls, or FLOPs where a call is done in parts
    seconds: Number  # denoising
    uncached_seconds: Number
    psnr: Number  # dB; 100 for identical clips
    ssim: Number
    lpips: Number | None  # None: not installed, as the sweep's record says
    object_psnr: Number | None  # dB, in the object's region; None where the uncached clip shows no object
    disturbed: Flag = False  # something else took the machine's time: `seconds` are not the method's
    worker: Line = ""  # which process made it

    @property
    def speedup(self) -> float:
        """Seconds of denoising, uncached over this run's."""
        return self.uncached_seconds / max(self.seconds, 1e-9)

    @property
    def decided(self) -> dict[str, Any]:
        """All that does not hang on the machine's speed: equal for equal runs, wherever they were made."""
        return {name: value for name, value in vars(self).items() if name not in MEASURED}


_SCHEMA: TypeAdapter[dict[str, list[Row]]] = TypeAdapter(dict[str, list[Row]])


def read_rows(rows: Iterable[Any]) -> list[Row]:
    """Rows from outside. Raises RequestError that names the row and the field that is wrong."""
    return read(_SCHEMA, {"rows": list(rows)}, whole="rows", refusal=RequestError)["rows"]


def to_table(
    rows: Sequence[Row],
    *,
    scores: Mapping[str, Mapping[str, float]] | None = None,
    about: Mapping[str, str] | None = None,
) -> pa.Table:
    """Rows as an Arrow table, one column a field, and one for each of the `scores` of rows by key.

    `about` goes into the table's metadata.
    """
    import pyarrow as pa

    columns: dict[str, Any] = {
        name: pa.array([getattr(row, name) for row in rows], kind) for name, kind in _kinds().items()
    }
    by_key = scores or {}
    for name in sorted({name for of_row in by_key.values() for name in of_row}):
        columns[name] = pa.array([by_key.get(row.key, {}).get(name) for row in rows], pa.float64())
    return pa.table(columns, metadata=dict(about or {}))


def from_table(table: pa.Table) -> list[Row]:
    """Inverse of `to_table`, without its scores. Raises RequestError that names what is wrong or missing."""
    names = {field.name for field in fields(Row)}
    return read_rows(table.select([name for name in table.column_names if name in names]).to_pylist())


def judged(rows: Iterable[Row]) -> list[Row]:
    """The rows without the uncached runs themselves."""
    return [row for row in rows if row.method != UNCACHED]


def _kinds() -> dict[str, pa.DataType]:
    import pyarrow as pa

    arrow: dict[type, pa.DataType] = {
        str: pa.string(),
        int: pa.int64(),
        float: pa.float64(),
        bool: pa.bool_(),
    }
    return {name: arrow[_plain(hint)] for name, hint in get_type_hints(Row).items()}


def _plain(hint: Any) -> type:
    """`float | None` is a column of floats: Arrow's columns may hold nulls."""
    return next((one for one in get_args(hint) if one is not type(None)), hint)
