"""What the tour needs besides the run on screen: curves, where TeaCache loses its lead, a notebook."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from teacache.runs.comparison import Fidelity
from teacache.runs.stored import StoredRun
from ui.library import ladder, limits
from ui.library.library import Library
from ui.screen.facts import ladder_folder
from ui.screen.lanes import count, counted_as_one, spent
from ui.screen.state import short

NOTEBOOK = Path(__file__).resolve().parents[2] / "docs" / "course.ipynb"
NOTEBOOK_ADDRESS = "teacache/course.ipynb"


def lessons(library: Library) -> dict[str, Any]:
    """As plain JSON; None or empty where this server has none of it."""
    return {
        "curves": list(_curves(library)),
        "limits": limits.read(library.recorded_in),
        "notebook": NOTEBOOK_ADDRESS if NOTEBOOK.is_file() else None,
    }


def _curves(library: Library) -> Iterator[dict[str, Any]]:
    """The recorded runs that were run at other thresholds too: one prompt, one noise, as many steps."""
    for run in library.recorded:
        folder = ladder_folder(library, run.run_id)
        record = None if folder is None else ladder.read(folder)
        if record is not None:
            unit = counted_as_one(run.cached)
            points = [_rung(rung, unit) for rung in record["rungs"]] + _own(run)
            yield {
                "run": run.run_id,
                "model": run.request.model,
                "prompt": run.request.prompt,
                "points": sorted(points, key=lambda point: point["threshold"]),
            }


def _rung(rung: dict[str, Any], unit: int) -> dict[str, Any]:
    schedule = rung["schedule"]
    computed, calls = count(schedule.count("1"), unit), count(len(schedule), unit)
    return _point(rung["threshold"], calls, computed, rung["psnr"])


def _own(run: StoredRun) -> list[dict[str, Any]]:
    """The run itself, at the threshold that it shows."""
    if not isinstance(run.fidelity, Fidelity):
        return []
    computed, calls = spent(run.cached)
    return [_point(run.cached.settings.threshold, calls, computed, run.fidelity.psnr)]


def _point(threshold: float, calls: float, computed: float, psnr: float) -> dict[str, Any]:
    return {"threshold": threshold, "calls": calls, "computed": computed, "psnr": short(psnr)}
