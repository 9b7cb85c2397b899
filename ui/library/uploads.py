"""Traces that visitors bring along: read, checked, and kept in memory for a while.

A trace comes from a stranger, so everything that the page would stumble over is refused, with the field
named; its id cannot be guessed.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from teacache.errors import StoreError, TeaCacheError, TraceFormatError
from teacache.method.reading import is_list, is_object
from teacache.method.trace import Trace
from teacache.runs.latest import Latest
from teacache.runs.limits import MAX_PROMPT, STEPS
from teacache.runs.record import check_version, stored_run
from ui.base.constants import MOST_TRACE
from ui.library.uploaded import UploadedRun, request_of

PREFIX = "upload-"
WHOLE = ("cached", "uncached", "cached_timings", "uncached_timings", "fidelity")  # of the record of a run
MAX_BYTES = MOST_TRACE
MAX_LIST = 70  # traces in a list, as many as the authors fitted to
MAX_WORK = MAX_LIST * 100**2  # squared calls of all traces in a list: what fitting costs, some four seconds
MAX_LIST_BYTES = 4 * 2**20  # that many of 50 steps with two branches, and some
MAX_CALLS = 600  # 200 steps with three branches: listing their schedules takes a second, drawing them a frame
MAX_STEPS = STEPS[1]
MAX_BRANCHES = 8
MAX_NAME = 40  # characters of a branch
MAX_KEPT = 64  # traces on this server; the longest unused make room
LARGEST = 2.0**53  # beyond it whole numbers are no longer exact in a browser


class Uploads:
    """The latest uploaded traces of this server; safe to share between threads."""

    def __init__(self) -> None:
        self._runs: Latest[str, UploadedRun] = Latest(MAX_KEPT)

    def add(self, text: bytes | str) -> UploadedRun:
        """Read a trace file and keep it. Raises TraceFormatError that names the field which is wrong."""
        data = _data(text)
        trace = from_data(data)
        run = UploadedRun(
            run_id=f"{PREFIX}{secrets.token_hex(8)}",
            created=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            request=request_of(trace),
            cached=trace,
            **_beside(data, trace),
        )
        self._runs.put(run.run_id, run)
        return run

    def load(self, run_id: str) -> UploadedRun:
        """An uploaded trace. Raises StoreError if it is not kept any more."""
        run = self._runs.get(run_id)
        if run is None:
            raise StoreError("This uploaded trace is no longer kept here: upload it again.")
        return run


def read(text: bytes | str) -> Trace:
    """A trace from the text of a file. Raises TraceFormatError, one sentence that names the field."""
    return from_data(_data(text))


def _data(text: bytes | str) -> Any:
    if len(text) > MAX_BYTES:
        raise TraceFormatError(
            "The file is larger than {most} MB: a trace is far smaller.", most=MAX_BYTES // 2**20
        )
    return _json(text)


def _beside(data: Any, trace: Trace) -> dict[str, Any]:
    """What a file tells beside its trace: a whole run's uncached one, and what was measured."""
    if not data.keys() >= {*WHOLE}:
        return {"uncached": trace if trace.settings.off else trace.with_records(())}
    uncached = from_data(data["uncached"])
    run_id = str(data.get("run_id"))
    try:
        check_version(run_id[:MAX_NAME], data)
        run = stored_run(Path(run_id), data)
    except (TeaCacheError, ValueError) as error:
        raise TraceFormatError("This record of a run cannot be read: {error}", error=error) from error
    names = ("fidelity", "seconds", "speed", "baseline_reused")
    return {"uncached": uncached} | {name: getattr(run, name) for name in names}


def read_list(text: str) -> list[Trace]:
    """Several traces from a JSON list. Raises TraceFormatError that names the trace and the field."""
    if len(text) > MAX_LIST_BYTES:
        raise TraceFormatError(
            "The list is larger than {most} MB: send fewer traces.", most=MAX_LIST_BYTES // 2**20
        )
    data = _json(text)
    if not is_list(data):
        raise TraceFormatError("traces must be a JSON list of traces.")
    if len(data) > MAX_LIST:
        raise TraceFormatError(
            "The list holds {count} traces: send at most {most}.", count=len(data), most=MAX_LIST
        )
    traces: list[Trace] = []
    for index, item in enumerate(data):
        try:
            traces.append(from_data(item))
        except TraceFormatError as error:
            raise TraceFormatError("traces[{index}]: {error}", index=index, error=error) from error
    return traces


def refuse_work(traces: Sequence[Trace]) -> None:
    """Raise TraceFormatError for traces that would take too long to fit."""
    calls = [len(trace.records) for trace in traces]
    if sum(count**2 for count in calls) > MAX_WORK:
        raise TraceFormatError(
            "{count} traces of {calls} calls take too long to fit here: send fewer, or fit them with "
            "`python -m teacache calibrate`.",
            count=len(calls),
            calls=max(calls),
        )


def _json(text: bytes | str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:  # JSON and UTF-8 errors are ValueErrors
        raise TraceFormatError("The file is not JSON: {why}.", why=str(error)[:120].rstrip(".")) from error


def from_data(data: Any) -> Trace:
    """A trace from plain JSON values, checked for what the page can show."""
    if is_object(data) and "cached" in data and "records" not in data:
        data = data["cached"]  # the record of a whole run, as the runs folder keeps it
    _refuse_giants("", data)
    trace = Trace.from_json(data)
    if not trace.records:
        raise TraceFormatError("records is empty: a trace needs at least one call.")
    if len(trace.records) > MAX_CALLS:
        raise TraceFormatError(
            "records holds {count} calls, but at most {most} are shown.",
            count=len(trace.records),
            most=MAX_CALLS,
        )
    if len(trace.prompt) > MAX_PROMPT:
        raise TraceFormatError(
            "prompt has {count} characters, but at most {most} are read.",
            count=len(trace.prompt),
            most=MAX_PROMPT,
        )
    if len(trace.branches) > MAX_BRANCHES:
        raise TraceFormatError(
            "branch has {count} names, but at most {most} are shown.",
            count=len(trace.branches),
            most=MAX_BRANCHES,
        )
    _check_records(trace)
    return _with_steps(trace)


def _check_records(trace: Trace) -> None:
    calls: set[int] = set()
    for index, record in enumerate(trace.records):
        where = f"records[{index}]"
        if not 0 <= record.step < MAX_STEPS:
            raise TraceFormatError(
                "{where}.step is {step}, but must be from 0 to {most}.",
                where=where,
                step=record.step,
                most=MAX_STEPS - 1,
            )
        if len(record.branch) > MAX_NAME:
            raise TraceFormatError(
                "{where}.branch has more than {most} characters.", where=where, most=MAX_NAME
            )
        if trace.steps and record.step >= trace.steps:
            raise TraceFormatError(
                "{where}.step is {step}, but steps is {steps}.",
                where=where,
                step=record.step,
                steps=trace.steps,
            )
        if record.call in calls:
            raise TraceFormatError(
                "{where}.call is {call}, as in a call before.", where=where, call=record.call
            )
        calls.add(record.call)


def _with_steps(trace: Trace) -> Trace:
    if not 0 <= trace.steps <= MAX_STEPS:
        raise TraceFormatError(
            "steps is {steps}, but must be from 0 to {most}.", steps=trace.steps, most=MAX_STEPS
        )
    return trace if trace.steps else replace(trace, steps=max(record.step for record in trace.records) + 1)


def _refuse_giants(where: str, value: Any) -> None:
    """Numbers that Python reads but neither a browser nor a float can hold."""
    if is_object(value):
        for name, item in value.items():
            place = name.encode(
                "utf-8", "backslashreplace"
            ).decode()  # half a character cannot be answered with
            _refuse_giants(f"{where}.{place}" if where else place, item)
    elif is_list(value):
        for index, item in enumerate(value):
            _refuse_giants(f"{where}[{index}]", item)
    elif isinstance(value, int | float) and abs(value) > LARGEST:
        raise TraceFormatError("{where} is a number too large to be one of a trace.", where=where)
