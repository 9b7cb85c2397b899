"""A run in a few numbers, for the history of a visitor and for programs. Knows stored and uploaded runs.

Nothing here lists the runs of the server: who does not name an id, which cannot be guessed, does not see it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from teacache.errors import StoreError
from ui.base.constants import MOST_RUNS
from ui.library.library import Library
from ui.player import player
from ui.screen import state
from ui.screen.shown import ShownRun

MOST_ID = 80  # characters; no run's id has more


def summary(run: ShownRun, *, recorded: bool = False) -> dict[str, Any]:
    """Plain JSON: what was asked, how fast and how faithful it was; null where that is not known."""
    trace = run.cached
    return {
        "run": run.run_id,
        "created": run.created,
        "recorded": recorded,
        "model": run.request.model,
        "prompt": run.request.prompt,
        "seed": run.request.seed,
        "steps": trace.steps,
        "size": run.request.size,
        "guidance": run.request.guidance_scale,
        "threshold": trace.settings.threshold,
        "naive": trace.settings.naive,
        "planned": state.scheduled(trace.settings),
        "calls": len(trace.records),
        "computed": trace.computed_calls,
        "ideal": state.exact(run.ideal_speedup),
        **_measured(run),
    }


def summaries(library: Library, run_ids: Iterable[str]) -> dict[str, Any]:
    """The named runs and the recorded ones that ship with the app; ids without a run are in `missing`."""
    runs, missing = [], []
    for run_id in list(dict.fromkeys(run_ids))[:MOST_RUNS]:
        try:
            runs.append(summary(library.load(run_id), recorded=library.is_recorded(run_id)))
        except StoreError:
            missing.append(run_id[:MOST_ID])
    shipped = [summary(run, recorded=True) for run in library.recorded]
    return {"runs": runs, "missing": missing, "recorded": shipped}


def _measured(run: ShownRun) -> dict[str, Any]:
    """What a trace alone does not know."""
    if run.fidelity is None:
        none = ("measured", "byMedians", "disturbed", "psnr", "ssim", "sound", "seconds", "clip")
        return dict.fromkeys(none)
    return {
        **state.speed(run),
        **state.nearness(run.fidelity),
        "seconds": state.exact(run.seconds[1]),
        "clip": None if run.folder is None else _clip(run),
    }


def _clip(run: ShownRun) -> dict[str, Any]:
    return {
        "fps": run.fps,
        "frames": run.request.frames or 1,
        "still": bool(run.pictures),
        "sound": player.extent_of(run) if run.sounds else None,
        "height": run.request.height,
        "width": run.request.width,
    }
