"""The damage map on the page: made on request, told row by row, kept beside the run. Knows no gradio."""

from __future__ import annotations

import json
import logging
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import Any

from teacache.errors import RequestError
from teacache.runs.files import whole
from teacache.runs.stored import StoredRun
from ui.base.numbering import next_number
from ui.models.imports import imported
from ui.run.engine import Engine
from ui.screen import facts
from ui.screen.state import short

_log = logging.getLogger(__name__)


def states(engine: Engine, run: StoredRun) -> Generator[dict[str, Any], None, None]:
    """A state after every row; closing stops before the next call. Raises TeaCacheError.

    Rows made before, by whomever, are not made again.
    """
    record = facts.damage(engine.library, run.run_id) or {"rows": {}, "done": 0, "total": None}
    if record["done"] == record["total"]:
        yield record | {"n": next_number()}
        return
    if not engine.models.card(run.request.model).small:
        raise RequestError("The damage map is made for small models alone: it takes one run for every step.")
    if run.folder is None:
        raise RequestError(facts.TRACE_ALONE)
    yield from _made(engine, run, record["rows"])


def _made(engine: Engine, run: StoredRun, earlier: dict[str, list[float | None]]) -> Iterator[dict[str, Any]]:
    study = imported("teacache.study.damage")
    steps, rows = study.steps_to_try(run.request.steps), dict(earlier)
    left = tuple(step for step in steps if str(step) not in rows)
    with closing(engine.work("damage", run.request, left)) as events:
        for row in events:
            if isinstance(row, bool):
                yield _state(run, rows, len(steps), busy=bool(left)) | {"baseline": row}
                continue
            if not isinstance(row, study.Row):
                yield {}
                continue
            rows[str(row.step)] = [short(value) for value in row.psnr]
            _keep(engine, run, _state(run, rows, len(steps), busy=False))
            yield _state(run, rows, len(steps), busy=len(rows) < len(steps))


def _state(run: StoredRun, rows: dict[str, list[float | None]], total: int, *, busy: bool) -> dict[str, Any]:
    state = {"run": run.run_id, "rows": dict(rows), "done": len(rows), "total": total, "busy": busy}
    return {"n": next_number(), **state}


def _keep(engine: Engine, run: StoredRun, record: dict[str, Any]) -> None:
    """After every row: whoever stops, or loses the connection, loses nothing."""
    folder = engine.library.extras(run.run_id)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with whole(folder / facts.DAMAGE) as unfinished:
            unfinished.write_text(json.dumps(record), encoding="utf-8")
    except OSError as error:
        _log.warning("the damage map of run %s could not be kept: %s", run.run_id, error)
