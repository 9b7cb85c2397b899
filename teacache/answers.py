"""What the commands print, and the same as JSON. Knows runs and traces; runs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, NamedTuple

from teacache.errors import TeaCacheError
from teacache.method.settings import Settings
from teacache.method.trace import Trace
from teacache.runs.comparison import Fidelity, SoundFidelity
from teacache.runs.stored import StoredRun
from teacache.study.markdown import markdown
from teacache.study.replay import breakpoints, exactness, indicator_of
from teacache.study.reuse import first_reuse

_RIVALS = {"uniform": "uniform", "fewer_steps": "fewer"}
LEGEND = "(# computed, . reused)"
NOT_TIMED = "probed: not timed"


class Answer(NamedTuple):
    """What a command found, and what went wrong although it was found."""

    value: Any  # as JSON values
    text: str
    problem: TeaCacheError | None = None


def list_breakpoints(trace: Trace, settings: Settings) -> Answer:
    pieces = breakpoints(trace, settings)
    rows = [
        [f"{p.low:.6g}", f"{p.high:.6g}", f"{p.computed}", f"{p.ideal_speedup:.2f}", drawn(p.schedule)]
        for p in pieces
    ]
    # JSON has no infinity: the last interval's end is null.
    values = [asdict(p) | {"high": None if p.high == float("inf") else p.high} for p in pieces]
    answer = {"exactness": exactness(trace), "indicator": indicator_of(trace), "breakpoints": values}
    table = markdown(["above", "up to", "computed", "ideal speedup", "schedule"], rows)
    return Answer(answer, f"{table}\n{len(pieces)} schedules ({stands_on(trace)})")


def stands_on(trace: Trace) -> str:
    """How far a replay is to be trusted, and which indicator's distances it reads."""
    variant = indicator_of(trace)
    return exactness(trace) + ("" if variant == "default" else f", on the recorded indicator {variant!r}")


def figures_of(stored: StoredRun) -> Answer:
    """What a comparison came to."""
    answer = {
        "run_id": stored.run_id,
        "folder": stored.folder and str(stored.folder),
        "computed": stored.cached.computed_calls,
        "calls": len(stored.cached.records),
        "ideal_speedup": stored.ideal_speedup,
        **speedups(stored),
        "efficiency": stored.efficiency,
        "probed": stored.probed,
        "seconds": {
            "uncached": stored.uncached_timings.to_json(),
            "cached": None if stored.probed else stored.cached_timings.to_json(),
        },
        "moving_seconds": sum(record.moving_seconds for record in stored.cached.records),
        "fidelity": stored.fidelity.to_json(),
        "rivals": [rival.to_json() for rival in stored.rivals],
    }
    lines = [
        f"{drawn(stored.cached.schedule)}   {LEGEND}",
        f"computed   {stored.cached.computed_calls} of {len(stored.cached.records)} calls",
        *(
            []
            if False in stored.cached.schedule
            else first_reuse_lines(stored.uncached, stored.cached.settings)
        ),
        *_speed(stored),
        *_moved(stored),
        f"fidelity   {_near(stored.fidelity)}",
        *_no_lpips(stored.fidelity),
        *(
            f"{_RIVALS[rival.name]:10} {_near(rival.fidelity)}, "
            f"{rival.computed_calls} computed calls, {rival.seconds:.2f} s{', disturbed' * rival.disturbed}"
            for rival in stored.rivals
        ),
        *([f"stored in  {stored.folder}"] if stored.folder else []),
    ]
    return Answer(answer, "\n".join(lines))


def speedups(run: StoredRun) -> dict[str, Any]:
    """The speedup with its doubt; the clock's word is left out where it is not to be believed."""
    speed = run.speed
    if speed is None:
        return {"measured_speedup": None, "speedup_by_medians": None, "disturbed": None}
    return {
        "measured_speedup": None if speed.disturbed else speed.measured,
        "speedup_by_medians": speed.by_medians,
        "disturbed": speed.reason,
        "uncached_measured_earlier": run.baseline_reused,
    }


def _speed(run: StoredRun) -> list[str]:
    """How fast it was, where that was measured."""
    speed, (uncached, cached) = run.speed, run.seconds
    if speed is None:
        return [f"speedup    {NOT_TIMED}, {run.ideal_speedup:.2f} ideal"]
    earlier = " (measured earlier)" if run.baseline_reused else ""
    number = "unknown" if speed.believed is None else f"{speed.believed:.2f}"
    speedup = f"disturbed: {number} by the calls' medians" if speed.disturbed else f"{number} measured"
    efficiency = "" if run.efficiency is None else f", efficiency {run.efficiency:.2f}"
    return [
        f"denoising  {uncached:.2f} s uncached{earlier}, {cached:.2f} s cached",
        f"speedup    {speedup}, {run.ideal_speedup:.2f} ideal{efficiency}",
        *([f"           {speed.reason}"] if speed.disturbed else []),
    ]


def _moved(run: StoredRun) -> list[str]:
    """What it cost to keep residuals elsewhere, where that was asked for."""
    where, calls = run.request.cache_device, run.cached.records
    moving = sum(record.moving_seconds for record in calls)
    return (
        [] if where is None else [f"moving     {moving:.2f} s of the cached run: residuals kept on {where}"]
    )


def _near(fidelity: Fidelity | SoundFidelity) -> str:
    if isinstance(fidelity, SoundFidelity):
        return (
            f"SNR {fidelity.snr:.2f} dB, log-spectral distance {fidelity.log_spectral:.2f} dB, "
            f"multi-resolution STFT distance {fidelity.stft:.3f}"
        )
    lpips = "" if fidelity.lpips is None else f", LPIPS {fidelity.lpips:.4f}"
    return f"PSNR {fidelity.psnr:.2f} dB, SSIM {fidelity.ssim:.4f}{lpips}"


def _no_lpips(fidelity: Fidelity | SoundFidelity) -> list[str]:
    """Why there is no LPIPS of pictures."""
    reason = "" if isinstance(fidelity, SoundFidelity) else fidelity.lpips_reason
    return [f"           {reason}"] if reason else []


def first_reuse_lines(trace: Trace, settings: Settings) -> list[str]:
    """Where reuse begins, for who asked for a threshold below it; nothing if it never does."""
    threshold = first_reuse(trace, settings).threshold
    return (
        [] if threshold is None else [f"no call is reused: above threshold {threshold:.3g} the first one is"]
    )


def drawn(schedule: Sequence[bool]) -> str:
    """A character a call: # computed, . reused."""
    return "".join("#" if computed else "." for computed in schedule)


def source_of(traces: Sequence[Trace]) -> str:
    """Who measured it, where and when, for a calibration."""
    environment = traces[0].environment
    return (
        f"python -m teacache calibrate, {date.today()}: {len(traces)} prompts, {traces[0].steps} steps, "
        f"diffusers {environment.get('diffusers', '?')}, torch {environment.get('torch', '?')}, "
        f"{environment.get('dtype', '?')} on {environment.get('device', '?')}"
    )
