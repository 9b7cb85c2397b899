"""What the teaching parts of the page need of a finished run and the states do not hold, as plain JSON."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from teacache.errors import Phrase
from teacache.method.trace import Trace
from teacache.runs.comparison import Fidelity
from teacache.runs.request import Request
from teacache.study.indicators import PAPER
from ui.library import curves, jsonfile, ladder, latents, previews, residuals
from ui.library.library import Library
from ui.screen.same_cost import TITLES
from ui.screen.shown import ShownRun
from ui.screen.state import short

DAMAGE = "damage.json"
SIGNALS = "signals.json"  # by number of computed calls
RIVALS = "rivals.json"
TRACE_ALONE = Phrase("This run is a trace alone, which cannot be run again: press Run to make one.")
_OF_THE_CACHE = (
    "settings",
    "probe",
    "cache_device",
)  # fields of a request that leave the uncached clip as it is
SIZES = ((12, 4), (12, 6), (16, 4), (16, 5))  # steps and computed steps: few enough to run every schedule


def facts(library: Library, run_id: str) -> dict[str, Any]:
    """Timesteps, seconds, PSNR of frames, pictures, damage map, signals. Raises StoreError if unknown."""
    run = library.load(run_id)
    frames = run.fidelity.psnr_frames if isinstance(run.fidelity, Fidelity) else ()
    return {
        "run": run.run_id,
        "timesteps": _timesteps(run.cached),
        "computedSeconds": _seconds(run.cached, computed=True),
        "reusedSeconds": _seconds(run.cached, computed=False),
        "psnr": [short(value) for value in frames],
        "previews": _previews(library, run_id),
        "latents": _latents(library, run_id),
        "ladder": _ladder(library, run_id),
        "curves": _curves(library, run_id),
        "damage": damage(library, run_id),
        "signals": signals(library, run_id),
        "rivals": rivals(library, run_id),
        "everything": _sizes(library, run_id),
        "paper": PAPER,
        "decodingSeconds": _decoding(run),
    }


def places(library: Library, run_id: str) -> list[Path]:
    """The folders that may hold more of a run: its own, if it ships with the app, and that of the extras."""
    folder = library.load(run_id).folder
    if folder is None:  # an uploaded trace
        return []
    return [folder, library.extras(run_id)]


def _first(library: Library, run_id: str, name: str) -> Any:
    """What the first of a run's places keeps in the file of that name; None where none has it."""
    files = (folder / name for folder in places(library, run_id))
    return next((value for file in files if (value := jsonfile.read(file)) is not None), None)


def damage(library: Library, run_id: str) -> dict[str, Any] | None:
    """The damage map that was made of a run, else None."""
    return _first(library, run_id, DAMAGE)


def signals(library: Library, run_id: str) -> dict[str, list[dict[str, Any]]]:
    """The signals that were compared on a run: number of computed calls -> rows."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for folder in places(library, run_id):
        rows |= jsonfile.read(folder / SIGNALS) or {}
    return rows


def rivals(library: Library, run_id: str) -> list[dict[str, Any]]:
    """The rivals that were run beside a run, one row each."""
    return _first(library, run_id, RIVALS) or []


def everything_name(steps: int, computed: int) -> str:
    """The file of all schedules with so many computed steps."""
    return f"everything-{computed}-of-{steps}.json"


def everything(library: Library, run_id: str, steps: int, computed: int) -> dict[str, Any] | None:
    """All schedules that were run of a run's prompt and noise, else None."""
    return _first(library, run_id, everything_name(steps, computed))


def _sizes(library: Library, run_id: str) -> list[dict[str, Any]]:
    """What can be asked for, how many schedules each has (all compute the first step), and what is known."""
    return [
        {
            "steps": steps,
            "computed": computed,
            "schedules": math.comb(steps - 1, computed - 1),
            "made": everything(library, run_id, steps, computed) is not None,
        }
        for steps, computed in SIZES
    ]


def picture(library: Library, run_id: str) -> Path | None:
    """The file with the previews of a run, if there is one."""
    folders = [folder for folder in places(library, run_id) if previews.read(folder)]
    return folders[0] / previews.PICTURE if folders else None


def _previews(library: Library, run_id: str) -> dict[str, Any] | None:
    place = picture(library, run_id)
    record = None if place is None else previews.read(place.parent)
    if record is None:
        return None
    return record | {"src": f"teacache/teach/{run_id}/{previews.PICTURE}"}


def _latents(library: Library, run_id: str) -> dict[str, Any] | None:
    record = _first(library, run_id, latents.RECORD)
    return None if record is None else latents.fewer(record)


def kept_pictures(library: Library, run_id: str) -> dict[str, Any]:
    """A run's latents and residuals, asked for when a box is opened; None of what there is none.

    Raises StoreError if the run is unknown.
    """
    names = {"latents": latents.RECORD, "residuals": residuals.RECORD}
    return {kind: _first(library, run_id, name) for kind, name in names.items()}


def ladder_folder(library: Library, run_id: str) -> Path | None:
    """Where a run recorded at other thresholds has their clips, if it has."""
    return next((folder for folder in places(library, run_id) if ladder.read(folder)), None)


def _ladder(library: Library, run_id: str) -> dict[str, Any] | None:
    folder = ladder_folder(library, run_id)
    record = None if folder is None else ladder.read(folder)
    return None if record is None else record | {"src": f"teacache/teach/{run_id}/{ladder.PICTURE}"}


def _curves(library: Library, run_id: str) -> list[dict[str, Any]]:
    """What other methods came to on a run's prompt and noise: each with its points, the slowest first."""
    points = _points(library, run_id)
    names = dict.fromkeys(point["method"] for point in points)
    return [
        {
            "method": name,
            "title": TITLES.get(name, name),
            "points": sorted((p for p in points if p["method"] == name), key=lambda p: p["measured"]),
        }
        for name in names
    ]


def _points(library: Library, run_id: str) -> list[dict[str, Any]]:
    """Those of the run itself, or of a recorded one that asked for the very same clip, by whatever rules."""
    request = library.load(run_id).request
    same = [run.run_id for run in library.recorded if _same_clip(run.request, request)]
    for name in (run_id, *same):
        points: list[dict[str, Any]] = _first(library, name, curves.RECORD) or []
        if points:
            return points
    return []


def _same_clip(one: Request, other: Request) -> bool:
    """Whether two requests differ in the cache's rules alone; what begins with a picture is its own."""
    if one.image is not None or other.image is not None:
        return False
    return replace(one, **{name: getattr(other, name) for name in _OF_THE_CACHE}) == other


def _timesteps(trace: Trace) -> list[float | None]:
    """One per step."""
    by_step = {record.step: record.timestep for record in trace.records}
    return [short(by_step.get(step), 6) for step in range(trace.steps)]


def _decoding(run: ShownRun) -> float | None:
    """Seconds from latents to pixels; None of an uploaded trace."""
    timings = run.uncached_timings
    return None if timings is None else short(timings.decoding, 3)


def _seconds(trace: Trace, *, computed: bool) -> float | None:
    """The median time of a call; None where there was none, or where it holds a probe's."""
    if trace.probe:
        return None
    times = [record.seconds for record in trace.records if record.computed is computed and record.seconds]
    return short(median(times), 3) if times else None
