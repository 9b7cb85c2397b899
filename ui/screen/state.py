"""What the page shows, as plain JSON: pure functions from traces and runs to compact states.

Every state is complete, so a lost or repeated message does no harm. The browser draws states and looks
schedules up; it decides nothing. Knows neither gradio nor torch.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from itertools import zip_longest
from string import ascii_lowercase
from typing import Any, get_args

from teacache.method.gate import Reason, Settings
from teacache.method.trace import Indicator, StepRecord, Trace
from teacache.models.catalog import CARDS
from teacache.runs.comparison import Comparison, Fidelity, Progress, SoundFidelity, Speedups
from teacache.runs.stored import StoredRun
from teacache.study.plot.columns import columns as columns_of
from teacache.study.replay import Breakpoint, breakpoints, exactness, replay, settings_for
from ui.base.numbering import next_number
from ui.screen.compared import compared, is_latent_free
from ui.screen.shown import ShownRun
from ui.words.phrases import in_every_language


def short(value: float | None, digits: int = 4) -> float | None:
    """A number with few digits, as the page shows no more; None where it is missing or not finite."""
    return None if value is None or not math.isfinite(value) else float(f"{value:.{digits}g}")


def exact(value: float | None) -> float | None:
    """A figure that is rounded where it is written: rounded twice, 51.349 would be 51.4."""
    return short(value, 7)


def columns(records: Sequence[StepRecord], branches: Sequence[str]) -> dict[str, list[Any]]:
    """Records as one array per field, which is half the bytes of one object per record."""
    whole = columns_of(records, branches)
    numbers = {name: [short(value) for value in whole[name]] for name in ("ind", "est", "acc", "out")}
    return whole | numbers | {name: [int(flag) for flag in whole[name]] for name in ("exact", "computed")}


def controls(settings: Settings) -> dict[str, Any]:
    """The settings that a visitor can change, as the page compares them with its controls."""
    return {
        "threshold": settings.threshold,
        "naive": settings.naive,
        "planned": scheduled(settings),
        "first": settings.first_steps,
        "last": settings.last_steps,
        "max": settings.max_reuses or 0,
    }


def scheduled(settings: Settings) -> str | None:
    """The name of a fixed schedule, such as 10-of-50."""
    schedule = settings.schedule
    return None if schedule is None else f"{sum(schedule)}-of-{len(schedule)}"


def _exactness(trace: Trace, settings: Settings) -> str:
    """A fixed schedule asks no signal, so that a replay of it is exact on any trace."""
    return "exact" if settings.schedule is not None else exactness(trace)


def rules(settings: Settings, signal: Indicator = "indicator") -> str:
    """A short name of everything that decides besides the threshold: equal names, equal decisions."""
    values = settings.replaced(threshold=1.0).to_json() | {"signal": signal}
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:10]


def board(
    *,
    run_id: str,
    phase: str,
    settings: Settings,
    steps: int,
    calls: int,
    uncached: Sequence[StepRecord] = (),
    cached: Sequence[StepRecord] = (),
    latent_free: bool = False,
    figures: dict[str, Any] | None = None,
    about: dict[str, Any] | None = None,
    baseline_reused: bool = False,
) -> dict[str, Any]:
    """The whole state of the figures, the plot and the step strip; `latent_free` as of its trace."""
    branches = list(dict.fromkeys(r.stream for r in [*uncached, *cached]))
    return {
        "n": next_number(),
        "run": run_id,
        "phase": phase,
        "steps": steps,
        "calls": calls,
        "branches": branches,
        "compared": compared(settings.variant, latent_free=latent_free),
        "controls": controls(settings),
        "rules": rules(settings),
        "uncached": columns(uncached, branches),
        "cached": columns(cached, branches),
        "figures": figures or {},
        "about": about or {},
        "baselineReused": baseline_reused,
    }


def figures(run: Comparison | ShownRun) -> dict[str, Any]:
    """Speed and fidelity of a finished comparison, which knows both."""
    fidelity = run.fidelity
    if fidelity is None:
        raise AssertionError("a trace alone has no figures")
    uncached, cached = run.seconds
    return {
        "ideal": exact(run.ideal_speedup),
        **speed(run),
        **nearness(fidelity),
        **_lpips(fidelity),
        "probed": run.probed,
        "uncachedSeconds": exact(uncached),
        "cachedSeconds": exact(cached),
    }


def speed(run: Speedups | ShownRun) -> dict[str, Any]:
    """What the clock said, unless the machine was disturbed; what the calls say; and why it was disturbed."""
    speedups = run.speed
    if speedups is None:
        return {"measured": None, "byMedians": None, "disturbed": None}
    return {
        "measured": None if speedups.disturbed else exact(speedups.measured),
        "byMedians": exact(speedups.by_medians),
        "disturbed": in_every_language(speedups.reason) if speedups.disturbed else None,
    }


def nearness(fidelity: Fidelity | SoundFidelity) -> dict[str, Any]:
    """The figures of a clip or of a sound by their names; those of the other kind are null."""
    if isinstance(fidelity, SoundFidelity):
        sound = {name: short(value) for name, value in fidelity.to_json().items()}
        return {"psnr": None, "ssim": None, "sound": sound}
    return {"psnr": exact(fidelity.psnr), "ssim": exact(fidelity.ssim), "sound": None}


def _lpips(fidelity: Fidelity | SoundFidelity) -> dict[str, Any]:
    """What a sound has none of, and needs no reason for."""
    if isinstance(fidelity, SoundFidelity):
        return {"lpips": None, "lpipsReason": None}
    reason = fidelity.lpips_reason
    return {"lpips": short(fidelity.lpips), "lpipsReason": in_every_language(reason) if reason else None}


def stored_board(run: StoredRun, *, phase: str) -> dict[str, Any]:
    """The state of a finished run that was read from a folder."""
    cached = run.cached
    return board(
        run_id=run.run_id,
        phase=phase,
        settings=cached.settings,
        steps=cached.steps,
        calls=len(cached.records),
        uncached=run.uncached.records,
        cached=cached.records,
        latent_free=cached.latent_free,
        figures=figures(run),
        about=about(cached) | _files(run),
        baseline_reused=run.baseline_reused,
    )


def _files(run: ShownRun) -> dict[str, Any]:
    """Which files there are of a run, and how long it sounds."""
    return {
        "videos": run.folder is not None,
        "still": bool(run.pictures),
        "image": run.image is not None,
        "seconds": run.request.seconds,
    }


def title(model: str) -> str:
    """A model's name for people; of one without a card the name that it has."""
    return CARDS[model].title if model in CARDS else model


def about(trace: Trace) -> dict[str, Any]:
    """What was run, for the line under the figures and for restoring the controls."""
    return {
        "model": trace.model,
        "title": title(trace.model),
        "prompt": trace.prompt,
        "seed": trace.seed,
        "guidance": trace.guidance_scale,
        "device": trace.environment.get("device", "").replace("cpu", "CPU"),
    }


def progress_board(progress: Progress) -> dict[str, Any]:
    """The state of a run that is under way."""
    request = progress.request
    return board(
        run_id=progress.run_id,
        phase=progress.phase,
        settings=request.settings,
        steps=request.steps or 0,
        calls=progress.calls,
        uncached=progress.uncached,
        cached=progress.cached,
        latent_free=is_latent_free(request),
        about={
            "model": request.model,
            "title": title(request.model),
            "prompt": request.prompt,
            "seed": request.seed,
            "guidance": request.guidance_scale,
            "seconds": request.seconds,
        },
        baseline_reused=progress.baseline_reused,
    )


def what_if(
    run_id: str, trace: Trace, settings: Settings | None = None, *, highest: float | None = None
) -> dict[str, Any]:
    """Every schedule that a threshold up to `highest` gives on this trace; the page looks it up.

    `ind` and `est`: the distances that were compared, of whatever signal the trace is read with, and what
    they come to.

    A row is [low, high, news, turns] and holds for low < threshold <= high; high is null where open. The
    bounds are not rounded: a threshold may lie exactly on one. The news, "3b0.12 17D0", are what differs
    from the row before: the call, the letter of its reason, a capital where it is computed, and what is
    accumulated there. The first row tells of every call. A turn [call, threshold, letter] is another reason
    of a call, up to that threshold of the row; those of the highest threshold come first.
    """
    settings = settings or trace.settings
    letters = dict(zip(get_args(Reason), ascii_lowercase, strict=False))
    rows, before = [], ()
    for piece in breakpoints(trace, settings, highest):
        now = _told(piece, letters)
        high = piece.high if math.isfinite(piece.high) else None
        turns = [[call, threshold, letters[reason]] for call, threshold, reason in piece.turns]
        rows.append([piece.low, high, _news(before, now), turns])
        before = now
    return {
        "n": next_number(),
        "run": run_id,
        "exact": _exactness(trace, settings) == "exact",
        "controls": controls(settings),
        "reasons": {letter: reason for reason, letter in letters.items()},
        "ind": [short(r.indicator_distance) for r in trace.records],
        "est": estimates(trace, settings),
        "rows": rows,
    }


def estimates(trace: Trace, settings: Settings) -> list[float | None]:
    """What every call's distance comes to at these settings, each transformer by its own."""
    own = {name: settings_for(trace, name, settings) for name in {r.transformer for r in trace.records}}
    distances = ((own[r.transformer], r.indicator_distance) for r in trace.records)
    return [None if distance is None else short(ruled.estimate(distance)) for ruled, distance in distances]


def replayed(trace: Trace, settings: Settings) -> dict[str, Any]:
    """The schedule of a recorded run at other settings, with the reason of every call."""
    decisions = replay(trace, settings)
    computed = sum(d.computed for d in decisions)
    return {
        "threshold": settings.threshold,
        "schedule": [d.computed for d in decisions],
        "reasons": [d.reason for d in decisions],
        "accumulated": [short(d.accumulated) for d in decisions],
        "computed": computed,
        "ideal_speedup": short(len(decisions) / max(1, computed)),
        "exactness": _exactness(trace, settings),
    }


def _told(piece: Breakpoint, letters: dict[str, str]) -> list[str]:
    """A letter per call, and what is accumulated there."""
    calls = zip(map(letters.__getitem__, piece.reasons), piece.schedule, piece.sums, strict=True)
    named = ((letter.upper() if computed else letter, total) for letter, computed, total in calls)
    return [f"{letter}{short(total) or 0:g}" for letter, total in named]


def _news(before: Sequence[str], now: Sequence[str]) -> str:
    pairs = enumerate(zip_longest(before, now))
    return " ".join(f"{call}{new}" for call, (old, new) in pairs if old != new)
