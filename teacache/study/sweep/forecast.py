"""What a sweep would cost, before any of it is run: GPU hours, how a cluster shares it, what is kept.

Arithmetic on a card's published seconds and on what the store was measured to take; no model is loaded. Said
in docs/sweep-at-scale.md, where the numbers come from.
"""

from __future__ import annotations

import math
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from teacache.errors import RequestError
from teacache.models.catalog import Card, card
from teacache.study.markdown import markdown
from teacache.study.methods import METHODS, methods_named

UNKNOWN_SHARE = 0.6  # of the uncached work, where nothing foretells it
# Measured on one core of a shared machine, a clip of Wan2.1 at 81 x 480 x 832: see the page.
ROW_SECONDS = 0.07  # a clip, a trace and a line, each waited for until the disk has it
WRITE_RATE = 170e6  # bytes a second of an uncached clip
CLIP_DENSITY = 0.1  # bytes a pixel of the mp4 for the eye, crf 12, every frame a key frame
TRACE_BYTES = 115  # a call, compressed
LOAD_SECONDS = 120.0  # a worker's start: the model from disk to GPU


@dataclass(frozen=True, kw_only=True)
class Spread:
    """The same sweep on so many GPUs."""

    gpus: int
    hours: float  # of wall time
    efficiency: float  # share of the GPUs' time that is spent on runs
    store_busy: float  # share of the wall time in which the one that writes is busy


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """The whole of it."""

    units: int  # prompts x noises: what one worker takes at a time
    runs: int  # rows of the table
    unit_seconds: float  # on one GPU
    gpu_hours: float
    store_seconds: float  # of the writing process, a unit
    clips_gb: float  # mp4, for the eye
    uncached_gb: float  # without loss, to judge others by
    traces_gb: float
    store_limit: int  # GPUs that keep the writing process busy all the time
    spreads: tuple[Spread, ...]


def forecast(
    model: Card,
    *,
    units: int,
    shares: Sequence[float],
    steps: int,
    call_seconds: float | None,
    gpus: Sequence[int],
    calibration: int = 0,
) -> Forecast:
    """`shares`: of the uncached run's work that each level takes; `call_seconds`: of a computed call.

    `calibration`: uncached runs that thresholds are chosen on before.

    Raises RequestError where neither the card nor `call_seconds` says how long a run takes.
    """
    if min(gpus) < 1 or units < 1:
        raise RequestError("A forecast needs at least one prompt, one noise and one GPU.")
    uncached = uncached_seconds(model, steps, call_seconds)
    unit = uncached * (1 + sum(shares))
    runs = 1 + len(shares)
    pixels = model.frames * model.height * model.width
    store = runs * ROW_SECONDS + 3 * pixels / WRITE_RATE
    before = calibration * uncached
    return Forecast(
        units=units,
        runs=units * runs,
        unit_seconds=unit,
        gpu_hours=(before + units * unit) / 3600,
        store_seconds=store,
        clips_gb=units * runs * pixels * CLIP_DENSITY / 1e9,
        uncached_gb=(units + calibration) * 3 * pixels / 1e9,
        traces_gb=units * runs * _calls(model, steps) * TRACE_BYTES / 1e9,
        store_limit=math.floor(unit / store),
        spreads=tuple(
            _spread(count, [(calibration, uncached), (units, unit)], store=units * store) for count in gpus
        ),
    )


def uncached_seconds(model: Card, steps: int, call_seconds: float | None) -> float:
    """Of one uncached run: by the seconds of a call, else by the card's published ones."""
    if call_seconds is not None:
        if not call_seconds > 0:
            raise RequestError(f"A call of {call_seconds:g} seconds is none: give a number above 0.")
        return call_seconds * _calls(model, steps)
    published = model.published and model.published.baseline_seconds
    if not published:
        raise RequestError(
            "How long {title} takes is not published: say it with --call-seconds, the seconds of one call.",
            title=model.title,
        )
    return published * steps / model.steps


def dry_run(options: Namespace) -> tuple[dict[str, Any], str]:
    """The forecast of the sweep that the options describe, as JSON values and as text."""
    model = card(options.model)
    steps = options.steps or model.steps
    levels = _levels(options, model, steps)
    estimate = forecast(
        model,
        units=options.prompts * options.seeds,
        shares=[share for _, share in levels],
        steps=steps,
        call_seconds=options.call_seconds,
        gpus=options.gpus,
        calibration=0 if options.thresholds and not options.fit else options.calibration_prompts,
    )
    return asdict(estimate), _said(model, estimate, options, steps)


def _levels(options: Namespace, model: Card, steps: int) -> list[tuple[str, float]]:
    """Methods with the share of the work that each of their levels is expected to take."""
    levels: list[tuple[str, float]] = []
    for method in methods_named(options.methods or tuple(METHODS)):
        if options.thresholds:
            if [knob.name for knob in method.knobs] == ["threshold"]:
                levels += [(method.name, _share_at(model, threshold)) for threshold in options.thresholds]
        elif method.aim is not None:
            levels += [(method.name, budget / steps) for budget in options.budgets]
        else:
            levels += [(method.name, UNKNOWN_SHARE) for _ in method.ladder]
    return levels


def _share_at(model: Card, threshold: float) -> float:
    """Between the published speedups, where there are any."""
    published = model.published.points if model.published else ()
    points = [(point.threshold, point.speedup) for point in published if point.speedup]
    if not points:
        return UNKNOWN_SHARE
    _, speedup = min(points, key=lambda point: abs(point[0] - threshold))
    return min(1.0, 1 / speedup)


def _spread(gpus: int, parts: Sequence[tuple[int, float]], *, store: float) -> Spread:
    """Workers take whole units as they are free: each part's last round may leave some idle.

    `parts`: how many units, of how many seconds; `store`: seconds that the one process writes in all.
    """
    rounds = sum(math.ceil(count / gpus) * seconds for count, seconds in parts)
    work = sum(count * seconds for count, seconds in parts)
    wall = max(LOAD_SECONDS + rounds, store)
    return Spread(gpus=gpus, hours=wall / 3600, efficiency=work / (gpus * wall), store_busy=store / wall)


def _calls(model: Card, steps: int) -> int:
    """Of an uncached run; two a step with guidance, also where a pipeline stacks both in one."""
    return steps * (2 if model.guidance_scale > 1 else 1)


def _said(model: Card, estimate: Forecast, options: Namespace, steps: int) -> str:
    rows = [
        [f"{s.gpus}", _hours(s.hours), f"{s.efficiency:.0%}", f"{s.store_busy:.1%}"] for s in estimate.spreads
    ]
    where = (
        "as given"
        if options.call_seconds
        else f"as published, on {(model.published and model.published.hardware) or 'an unnamed GPU'}"
    )
    lines = [
        f"{model.title}: {estimate.units} prompts and noises, {estimate.runs} runs of {steps} steps; "
        f"nothing was run",
        f"a prompt with all its runs   {_hours(estimate.unit_seconds / 3600)} of one GPU ({where})",
        f"all of it                    {estimate.gpu_hours:.0f} GPU hours",
        f"kept                         {estimate.clips_gb:.1f} GB of clips, "
        f"{estimate.traces_gb:.2f} GB of traces, {estimate.uncached_gb:.1f} GB of uncached runs without loss",
        "",
        markdown(["GPUs", "wall time", "busy with runs", "store busy"], rows),
        "",
        f"One process writes, {estimate.store_seconds:.1f} s a prompt: it would be the limit at about "
        f"{estimate.store_limit} GPUs.",
    ]
    return "\n".join(lines)


def _hours(hours: float) -> str:
    return f"{hours:.1f} h" if hours >= 1 else f"{60 * hours:.0f} min"
