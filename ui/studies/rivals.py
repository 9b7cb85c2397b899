"""Any rivals beside TeaCache on a finished run: told call by call, kept with their clips. Knows no gradio."""

from __future__ import annotations

import json
import logging
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from teacache.errors import RequestError, StoreError, TeaCacheError
from teacache.method.reading import is_list
from teacache.runs.comparison import Run
from teacache.runs.files import whole
from teacache.runs.stored import StoredRun
from ui.base.constants import LANES
from ui.base.numbering import next_number
from ui.library.library import Library
from ui.models.imports import imported
from ui.models.models import Models
from ui.player import pairs
from ui.player.clips import Lane
from ui.run.engine import Engine
from ui.screen import facts
from ui.screen.shown import ShownRun
from ui.screen.state import nearness, short
from ui.words.phrases import in_every_language

if TYPE_CHECKING:  # they import torch
    from teacache.study.methods import Method
    from teacache.study.race import Raced

_log = logging.getLogger(__name__)


def cards(models: Models, run: ShownRun) -> list[dict[str, Any]]:
    """What each method is, its knobs, and why it does not run beside this run, where its model is loaded."""
    methods = imported("teacache.study.methods").METHODS
    name = run.request.model
    pipe = (
        models.get(name) if models.ready(name) or name == models.default else None
    )  # that one is on its way
    steps = run.request.steps or run.cached.steps
    return [_card(method, pipe, steps) for method in methods.values() if method.name != "teacache"]


def _card(method: Method, pipe: Any, steps: int) -> dict[str, Any]:
    reason = None if pipe is None else method.why_not(pipe, steps)
    return {
        "name": method.name,
        "title": method.title,
        "about": in_every_language(method.about),
        "paper": method.paper,
        "knobs": [[knob.name, in_every_language(knob.about), knob.slow, knob.fast] for knob in method.knobs],
        "why": None if reason is None else in_every_language(reason),
    }


def states(engine: Engine, run: StoredRun, names: Any) -> Generator[dict[str, Any], None, None]:
    """A state after every rival and every call, else {}; closing stops before the next call.

    Rows made before, by whomever, are not made again. Raises TeaCacheError.
    """
    rows = facts.rivals(engine.library, run.run_id)
    chosen = dict.fromkeys(map(str, names if is_list(names) else ()))  # whatever a browser may send
    missing = [name for name in chosen if name not in {row["name"] for row in rows}]
    if not missing:
        yield _state(run, rows, busy=False)
        return
    if run.folder is None:
        raise RequestError(facts.TRACE_ALONE)
    yield from _made(engine, run, rows, missing)


def _made(
    engine: Engine, run: StoredRun, rows: list[dict[str, Any]], missing: Sequence[str]
) -> Generator[dict[str, Any], None, None]:
    study = imported("teacache.study.race")
    request = replace(run.request, image=run.image)
    left, state = {"teacache", *missing}, None
    with closing(engine.work("race", request, missing)) as states:
        for news in states:
            if isinstance(news, study.Raced):
                left.discard(news.name)
                rows = [*(row for row in rows if row["name"] != news.name), row_of(news)]
                _keep(engine.library, run, rows, news)
                yield _state(run, rows, busy=bool(left))
                continue
            now = {
                "name": news.name,
                "attempt": news.attempt,
                "calls": news.calls,
                "shares": _shares(news.shares),
            }
            yield _state(run, rows, busy=True, under=now) if now != state else {}
            state = now


def row_of(raced: Raced) -> dict[str, Any]:
    """What the page shows of a rival."""
    work = raced.run.work
    if work is None:
        raise AssertionError("what a rival computes is counted")
    return {
        "name": raced.name,
        "values": {name: short(value) for name, value in raced.values.items()},
        "share": short(raced.cost.share),
        "computed": raced.cost.computed_calls,
        "calls": raced.cost.calls,
        "seconds": short(raced.cost.seconds),
        "shares": _shares(work.shares),
        **nearness(raced.fidelity),
    }


def _shares(shares: Sequence[float]) -> list[float]:
    return [round(share, 3) for share in shares]


def _state(run: StoredRun, rows: list[dict[str, Any]], *, busy: bool, under: Any = None) -> dict[str, Any]:
    return {"n": next_number(), "run": run.run_id, "rows": rows, "busy": busy, "under": under}


def _keep(library: Library, run: StoredRun, rows: list[dict[str, Any]], raced: Raced) -> None:
    """After every rival: whoever stops, or loses the connection, loses nothing."""
    folder = library.extras(run.run_id)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder, raced.name, run, raced.run)
        with whole(folder / facts.RIVALS) as unfinished:
            unfinished.write_text(json.dumps(rows), encoding="utf-8")
    except (OSError, TeaCacheError) as error:
        _log.warning("the rivals of run %s could not be kept: %s", run.run_id, error)


def _write(folder: Path, name: str, run: StoredRun, clip: Run) -> None:
    """The rival's clip, as large as those of the run."""
    from teacache.runs.video import enlarge, write_picture, write_video

    if run.sounds:
        return
    frames = enlarge(clip.video)
    if run.pictures:
        write_picture(folder / f"rival-{name}.png", frames[0])
    else:
        write_video(folder / f"rival-{name}.mp4", frames, run.fps)


def lanes(library: Library, run_id: str, names: Sequence[str]) -> Path:
    """One file with the clips of these beside each other: "uncached", "cached", or rivals that were made.

    Made once. Raises StoreError where there is no such clip, VideoError if ffmpeg fails.
    """
    run = library.load(run_id)
    if not LANES[0] <= len(names) <= LANES[1] or run.folder is None or run.sounds:
        raise StoreError("Two or three clips can be shown at once: choose so many.")
    chosen = [_lane(run, library.extras(run_id), name) for name in names]
    return pairs.joined(library.pairs, chosen)


def _lane(run: StoredRun, folder: Path, name: str) -> Lane:
    """A clip of the run's own file or a rival's. Raises StoreError if there is none, looks nowhere else."""
    file = run.shown[0]
    if name in ("uncached", "cached"):
        return Lane(file, "left" if name == "uncached" else "right")
    files = {path.stem.removeprefix("rival-"): path for path in folder.glob(f"rival-*{file.suffix}")}
    if name not in files:
        raise StoreError("No clip of this rival was kept: run it again.")
    return Lane(files[name])
