"""Every file that can be taken away of a run, by name: how it is made, and its type. One table.

Knows stored and uploaded runs; knows nothing of requests.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from teacache.errors import StoreError
from teacache.runs.stored import IMAGE, PICTURES, SOUNDS, VIDEOS
from ui.screen.shown import ShownRun
from ui.takeaway import calls_csv, report, schedule, snippet

CLIPS = (*VIDEOS, *PICTURES, *SOUNDS, IMAGE)  # files that are there, where the run has them


@dataclass(frozen=True)
class File:
    """A file that is made when it is asked for."""

    kind: str  # media type
    text: Callable[[Any, str], str]  # run, language -> content
    # what-if of a run -> content; None: the file is always of the run as recorded
    foretold: Callable[[Any], str] | None = None


def _schedule(run: ShownRun) -> str:
    return _json(schedule.forms(run.cached))


FILES: dict[str, File] = {
    "trace.json": File("application/json", lambda run, _: _json(run.cached.to_json())),
    "calls.csv": File("text/csv", lambda run, _: calls_csv.as_csv(traces(run))),
    "schedule.json": File("application/json", lambda run, _: _schedule(run), _schedule),
    "run.py": File(
        "text/x-python",
        lambda run, _: snippet.code(run),
        lambda run: snippet.code(run, foretold=True),
    ),
    "report.html": File("text/html", report.page),
}


def traces(run: ShownRun) -> list[tuple[str, Any]]:
    """The traces of a run by name; an uploaded one has no other beside it."""
    beside = [("uncached", run.uncached)] if run.uncached.records and run.uncached is not run.cached else []
    return [*beside, ("cached", run.cached)]


def clip(run: ShownRun, name: str) -> Path:
    """The path of a video, a picture or a sound. Raises StoreError where there is none."""
    if name not in CLIPS or run.folder is None or not (run.folder / name).is_file():
        raise StoreError("Run {run_id} has no file {name!r}.", run_id=run.run_id, name=name)
    return run.folder / name


def _json(data: Any) -> str:
    return json.dumps(data, allow_nan=False, indent=1)
