"""Stored runs by speed and nearness, as a plotly figure; defined in study/plot/quality.py."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import plotly.graph_objects as go

from teacache.runs.comparison import Fidelity
from teacache.runs.stored import StoredRun
from teacache.study.figures.style import standing
from teacache.study.plot.palette import LIGHT, Palette
from teacache.study.plot.quality import Words, empty, unbeaten
from teacache.study.plot.series import Series, put

Dot = tuple[float, float]  # speedup, PSNR in dB


def quality(runs: Sequence[StoredRun], *, palette: Palette = LIGHT) -> go.Figure:
    """A dot a run whose speedup and PSNR are known; `customdata` is its id.

    Of runs of one model, prompt, noise, number of steps, size and guidance those that no other beats are
    joined; unlike runs never are. Runs of sound have another figure in dB, and are left out.
    """
    series: list[Series] = []
    alike: dict[tuple[object, ...], list[Dot]] = defaultdict(list)
    for run in runs:
        if (dot := _dot(run)) is None:
            continue
        request = run.request
        setup = request.model, request.prompt, request.seed, run.cached.steps
        alike[(*setup, request.size, request.guidance_scale)].append(dot)
        kind = "disturbed" if run.speed and run.speed.disturbed else "own"
        series.append({"kind": kind, "x": [dot[0]], "y": [dot[1]], "customdata": [run.run_id]})
    lines = [unbeaten(dots) for dots in alike.values() if len(dots) > 1]
    joined = [{"kind": "frontier", "x": [x for x, _ in line], "y": [y for _, y in line]} for line in lines]
    return standing(go.Figure(put(empty(palette, Words()), [*joined, *_together(series)])), palette)


def _dot(run: StoredRun) -> Dot | None:
    speed = run.speed.believed if run.speed else None
    near = run.fidelity
    return (speed, near.psnr) if speed is not None and isinstance(near, Fidelity) else None


def _together(series: Sequence[Series]) -> list[Series]:
    """One series of each kind."""
    kinds: dict[str, dict[str, list[object]]] = {}
    for one in series:
        into = kinds.setdefault(one["kind"], {"x": [], "y": [], "customdata": []})
        for name, values in into.items():
            values.extend(one[name])
    return [{"kind": kind, **columns} for kind, columns in kinds.items()]
