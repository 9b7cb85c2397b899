"""The signals compared: a run by each at one cost, told as it goes, kept beside the run. Knows no gradio."""

from __future__ import annotations

import json
import logging
from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from teacache.errors import RequestError
from teacache.runs.files import whole
from ui.base import payload
from ui.base.numbering import next_number
from ui.models.imports import imported
from ui.run.engine import Engine
from ui.screen import facts
from ui.screen.shown import ShownRun
from ui.screen.state import short

if TYPE_CHECKING:
    from teacache.study.ablation import Row  # imports torch

NEWS = 10  # of a run under way, so often: every call would be drawn
_log = logging.getLogger(__name__)


def states(engine: Engine, run: ShownRun, computed: float) -> Generator[dict[str, Any], None, None]:
    """A state after every signal and some between, else {}; closing stops before the next call.

    Each signal decides a run with `computed` computed calls. Rows made before, by whomever, are not made
    again. Raises TeaCacheError.
    """
    names = imported("teacache.study.ablation").NAMES
    computed = payload.number(computed, "computed")
    rows = facts.signals(engine.library, run.run_id).get(str(computed), [])
    missing = [name for name in names if name not in {row["name"] for row in rows}]
    if not missing:
        yield _state(run, computed, rows, busy=False)
        return
    if run.folder is None:
        raise RequestError(facts.TRACE_ALONE)
    yield from _made(engine, run, computed, rows, missing)


def _made(
    engine: Engine, run: ShownRun, computed: float, rows: list[dict[str, Any]], missing: list[Any]
) -> Generator[dict[str, Any], None, None]:
    study = imported("teacache.study.ablation")
    request = replace(run.request, image=run.image)
    state = None
    with closing(engine.work("signals", request, computed, missing)) as events:
        for news in events:
            if isinstance(news, study.Row):
                rows = [*rows, of_row(news)]
                _keep(engine, run, computed, rows)
                yield _state(run, computed, rows, busy=len(rows) < len(study.NAMES))
                continue
            now = (news.name, news.attempt, news.call * NEWS // max(1, news.calls))
            under = {"name": news.name, "attempt": news.attempt, "call": news.call, "calls": news.calls}
            yield _state(run, computed, rows, busy=True, under=under) if now != state else {}
            state = now


def of_row(row: Row) -> dict[str, Any]:
    """What the page shows of a row."""
    return {
        "name": row.name,
        "threshold": short(row.threshold),
        "computed": row.computed_calls,
        "calls": row.calls,
        "error": short(row.error),
        "psnr": short(row.fidelity.psnr),
        "ssim": short(row.fidelity.ssim),
        "tries": row.tries,
    }


def _state(
    run: ShownRun, computed: float, rows: list[dict[str, Any]], *, busy: bool, under: Any = None
) -> dict[str, Any]:
    place = {"run": run.run_id, "computed": computed, "rows": rows, "busy": busy, "under": under}
    return {"n": next_number(), **place}


def _keep(engine: Engine, run: ShownRun, computed: float, rows: list[dict[str, Any]]) -> None:
    """After every signal: whoever stops, or loses the connection, loses nothing."""
    folder = engine.library.extras(run.run_id)
    by_budget = facts.signals(engine.library, run.run_id) | {str(computed): rows}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with whole(folder / facts.SIGNALS) as unfinished:
            unfinished.write_text(json.dumps(by_budget), encoding="utf-8")
    except OSError as error:
        _log.warning("the signals of run %s could not be kept: %s", run.run_id, error)
