"""The damage map on the page: made on request, told row by row, kept beside the run. Knows no gradio."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from typing import Any

from teacache.errors import RequestError
from teacache.runs.store import StoredRun
from ui.live import Engine
from ui.state import short
from ui.teach import facts

MODEL = "shapes"  # for others it would take hours
_numbers = count(1)


def states(engine: Engine, run: StoredRun) -> Iterator[dict[str, Any]]:
    """A state after every row; closing stops before the next call. Raises TeaCacheError."""
    known = facts.damage(engine.library, run.run_id)
    if known is not None:
        yield known | {"n": next(_numbers)}
        return
    if engine.models.card(run.request.model).name != MODEL:
        raise RequestError("The damage map is made for Shapes alone: it takes one run for every step.")
    yield from _made(engine, run)


def _made(engine: Engine, run: StoredRun) -> Iterator[dict[str, Any]]:
    from teacache.study.damage import Row, damage, steps_to_try  # imports torch

    total = len(steps_to_try(run.request.steps))
    rows: dict[str, list[float | None]] = {}
    yield _state(run, rows, total, busy=True)
    pipe = engine.models.get(run.request.model)
    baseline = engine.baselines.get(pipe, run.request)
    reference = None if baseline is None else baseline.video
    with closing(damage(pipe, run.request, reference=reference)) as found:
        for row in found:
            if isinstance(row, Row):
                rows[str(row.step)] = [short(value) for value in row.psnr]
                yield _state(run, rows, total, busy=len(rows) < total)
            else:
                yield {}
    _keep(engine, run, _state(run, rows, total, busy=False))


def _state(run: StoredRun, rows: dict[str, list], total: int, *, busy: bool) -> dict[str, Any]:
    told = {"run": run.run_id, "rows": dict(rows), "done": len(rows), "total": total, "busy": busy}
    return {"n": next(_numbers), **told}


def _keep(engine: Engine, run: StoredRun, told: dict[str, Any]) -> None:
    folder = engine.library.extras(run.run_id)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / facts.DAMAGE).write_text(json.dumps(told), encoding="utf-8")
