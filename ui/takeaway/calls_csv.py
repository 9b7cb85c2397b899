"""The calls of a run as CSV (RFC 4180), one row a call, that a spreadsheet opens without running anything.

Calls and steps are counted from 1, as on the page; the trace's JSON counts them from 0, as programs do.
A text cell that begins like a formula gets an apostrophe in front, since an uploaded trace may hold any text.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

from teacache.method.trace import StepRecord, Trace

COLUMNS = ("clip", *(field.name for field in fields(StepRecord)))
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_csv(traces: Iterable[tuple[str, Trace]]) -> str:
    """Rows of named traces, in order; numbers with all their digits and a point, empty where unknown."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for name, trace in traces:
        for record in trace.records:
            counted = replace(record, call=record.call + 1, step=record.step + 1)
            writer.writerow([name, *(_cell(getattr(counted, column)) for column in COLUMNS[1:])])
    return text.getvalue()


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value
