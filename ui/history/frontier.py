"""Quality against latency on the page: one curve a method, from the runs of a visit and those that ship."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from teacache.errors import StoreError
from teacache.runs.comparison import Fidelity
from teacache.runs.stored import StoredRun
from teacache.study.sweep.rows import Row
from ui.library.library import Library
from ui.models.imports import imported
from ui.screen import facts
from ui.screen.lanes import count, counted_as_one
from ui.screen.shown import ShownRun
from ui.sweeps.shelf import Shelf
from ui.words.texts import LANGUAGES, texts

if TYPE_CHECKING:
    from teacache.study.figures import Curve, Point  # imports plotly, which takes a second


def figure(library: Library, run_id: str, ids: Sequence[str], language: str) -> dict[str, Any]:
    """The figure as plotly's JSON: the visit's runs of the model and size of `run_id`, beside shipped ones.

    Where the visit has none, the sweep of that model, where there is one; `sweep` then tells of it. Raises
    StoreError for an unknown run.
    """
    from teacache.study.figures import Curve, frontier

    current = library.load(run_id)
    own = [run for run in (_load(library, each) for each in ids) if run is not None]
    mine = [run for run in own if not _shipped(library, run) and _alike(run, current)]
    shelf = Shelf()
    name = None if mine else swept(shelf, current.request.model)
    if name is not None:
        return _of_sweep(shelf, name, texts(language))
    shipped = [run for run in library.recorded if _alike(run, current)]
    curves = _curves(library, mine, recorded=False) + _curves(library, shipped, recorded=True)
    measured = {curve.name for curve in curves if not curve.recorded}
    drawn = [curve for curve in curves if not (curve.recorded and curve.name in measured)]
    words = texts(language)
    figure = frontier(
        [
            Curve(name=_title(curve.name, words), points=curve.points, recorded=curve.recorded)
            for curve in drawn
        ],
        x=words["frontier_x"],
        y=words["fig_psnr"] + " (dB)",
    )
    return json.loads(figure.to_json()) | {"sweep": None}


def swept(shelf: Shelf, model: str) -> str | None:
    """The first sweep of a model."""
    fitting = (name for name in shelf.names() if shelf.record(name).get("setup", {}).get("model") == model)
    return next(fitting, None)


def _of_sweep(shelf: Shelf, name: str, words: dict[str, str]) -> dict[str, Any]:
    """Means over the sweep's prompts against how many times fewer computations there were."""
    rows = shelf.rows(name)
    figure = _swept_figure(rows, words["frontier_fewer"], words["fig_psnr"] + " (dB)")
    sweep = {"name": name, "prompts": len({row.index for row in rows}), "steps": rows[0].steps}
    return json.loads(figure) | {"sweep": sweep}


@lru_cache(maxsize=4 * len(LANGUAGES))  # of as many sweeps as the shelf keeps
def _swept_figure(rows: tuple[Row, ...], x: str, y: str) -> str:
    """As plotly's JSON; means with their spread take a while, and a sweep that is done stays as it is."""
    from teacache.study.figures import frontier
    from teacache.study.sweep.summary import points

    curves = imported("teacache.study.sweep.curves").curves
    return frontier(curves(points(rows), recorded=True), x=x, y=y).to_json()


def _curves(library: Library, runs: Sequence[StoredRun], *, recorded: bool) -> list[Curve]:
    from teacache.study.figures import Curve

    points: dict[str, list[Point]] = defaultdict(list)
    for run in runs:
        for method, point in _points(library, run):
            points[method].append(point)
    return [Curve(name=name, points=own, recorded=recorded) for name, own in points.items()]


def _points(library: Library, run: StoredRun) -> Iterator[tuple[str, Point]]:
    """What each method came to on one run; rivals that were raced replace those made at once."""
    fidelity = run.fidelity
    if run.cached.probe or not isinstance(fidelity, Fidelity):
        return
    from teacache.study.figures import Point

    raced = {row["name"]: row for row in facts.rivals(library, run.run_id)}
    if "teacache" not in raced and run.seconds[1] is not None:
        text = f"δ {run.cached.settings.threshold:g}"
        yield "teacache", Point(cost=run.seconds[1], quality=fidelity.psnr, text=text, run_id=run.run_id)
    unit = counted_as_one(run.cached)
    for rival in run.rivals:
        near = rival.fidelity
        if rival.name not in raced and not rival.disturbed and isinstance(near, Fidelity):
            text = f"{count(rival.computed_calls, unit):g}/{count(rival.calls, unit):g}"
            yield (
                rival.name,
                Point(cost=rival.seconds, quality=near.psnr, text=text, run_id=run.run_id),
            )
    for name, row in raced.items():
        text = ", ".join(f"{knob} {value:g}" for knob, value in row["values"].items())
        yield name, Point(cost=row["seconds"], quality=row["psnr"], text=text, run_id=run.run_id)


def _alike(one: ShownRun, other: ShownRun) -> bool:
    """Whether their seconds can stand on one axis."""
    a, b = one.request, other.request
    return (a.model, a.steps, a.size, a.guidance_scale) == (b.model, b.steps, b.size, b.guidance_scale)


def _shipped(library: Library, run: StoredRun) -> bool:
    return any(run.run_id == each.run_id for each in library.recorded)


def _load(library: Library, run_id: str) -> StoredRun | None:
    try:
        run = library.load(run_id)
    except StoreError:  # gone since: it has no point
        return None
    return run if isinstance(run, StoredRun) else None  # a trace alone has no point


def _title(name: str, words: dict[str, str]) -> str:
    methods = imported("teacache.study.methods").METHODS
    return words.get(f"rival_{name}") or (methods[name].title if name in methods else name)
