"""Full-size networks on a GPU at the paper's settings: is the measured speedup the ideal one?

Weights are random and the schedule is fixed beforehand, with as many computed calls as the speedups of the
paper imply, since random weights give no meaningful distances. Each model keeps a file of its own, written
after every round, so that a command that was cut off goes on where it stopped. Nothing is downloaded.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from statistics import median
from typing import Any

import torch
from diffusers import PNDMScheduler
from torch.utils._python_dispatch import TorchDispatchMode

from benchmarks import table
from benchmarks.overhead import caller, decided
from benchmarks.rounds import Kinds, Rounds
from benchmarks.subjects import Scale, Subject
from benchmarks.table import Row
from teacache.method.architectures import architecture_of
from teacache.models.catalog import CARDS, Card
from teacache.study.schedules import fixed, uniform

# The smaller first: more of them fit into the time.
MODELS = (
    "wan-1.3b", "latte", "opensora", "cogvideox-2b", "ltx-video", "opensora-plan-65", "hunyuan-video"
)  # fmt: skip
ENOUGH = 5  # rounds; a model with so many is left out of the next command
WARM_UP_STEPS = 4  # PNDM makes no fewer
FEWEST = 8  # steps of a run, where the card's do not fit into the time
ROUND = 3.5  # times a run without cache: what a round takes, its reused calls apart
# CogVideoX-2B: no figures in the paper; its authors give these for the 5B (ali-vilab/TeaCache, thread 4).
UNPUBLISHED = {"slow": 1.5, "fast": 2.4}
LEAST_EFFICIENCY = 0.99
MOST_COST = 0.1  # percent of a computed call


class HostReads(TorchDispatchMode):
    """Counts how often a number is read back from the device, each of which waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: tuple = (), kwargs: Any = None) -> Any:
        self.count += func is torch.ops.aten._local_scalar_dense.default
        return func(*args, **(kwargs or {}))


def measure(
    subject: Subject, scale: Scale, device: torch.device, dtype: torch.dtype, *, until: float, folder: Path
) -> Path:
    """Rounds of one model until there are enough or time (of time.monotonic) is up, but at least one.

    As many steps as the card says, or fewer where a round of those would not fit. Returns the file; earlier
    rounds in it are kept and continued, with their number of steps.
    """
    path = folder / f"{subject.name}.json"
    done = json.loads(path.read_text()) if path.exists() else {"rounds": []}
    if len(done["rounds"]) >= ENOUGH:
        return path
    card = CARDS[subject.name]
    pipe = subject.build(scale, device, dtype)
    done |= {"model": subject.name}
    variant, short = card.settings().variant, caller(subject, pipe, scale, WARM_UP_STEPS)
    done["host_reads"], step = host_reads(pipe, short, variant)
    steps = done.get("facts", {}).get("steps") or steps_for(card.steps, step, until - time.monotonic())
    done["facts"] = _facts(pipe, card, scale, device, dtype) | {"steps": steps, "steps_of_card": card.steps}
    kinds = _kinds(card, turns(pipe, steps))
    rounds = Rounds(pipe, caller(subject, pipe, scale, steps))
    longest = 0.0
    while len(done["rounds"]) < ENOUGH:
        began = time.monotonic()
        rounds.forget()
        rounds.once(kinds)
        done["rounds"].append({name: _figures(rounds, name) for name in kinds})
        _write(path, done)
        longest = max(longest, time.monotonic() - began)
        if time.monotonic() + longest > until:
            break
    return path


def steps_for(wanted: int, step: float, left: float) -> int:
    """How many steps a round may have, if a step takes so many seconds and so many are left."""
    return max(min(wanted, FEWEST), min(wanted, int(left / (ROUND * step))))


def turns(pipe: Any, steps: int) -> int:
    """How often the scheduler of a run of so many steps takes a turn: PNDM's repeats some."""
    if not isinstance(pipe.scheduler, PNDMScheduler):
        return steps
    pipe.scheduler.set_timesteps(steps)
    return len(pipe.scheduler.timesteps)


def _kinds(card: Card, steps: int) -> Kinds:
    """No hooks; the paper's slow and fast number of computed calls; every call decided and computed."""
    published, variant = card.published, card.settings().variant
    kinds: Kinds = {"plain": None}
    for name, point in (("slow", published.slow), ("fast", published.fast)):
        computed = max(1, round(steps / (point.speedup or UNPUBLISHED[name])))
        kinds[name] = fixed(uniform(steps, computed)).replaced(variant=variant)
    return kinds | {"decided": decided(variant)}


def host_reads(pipe: Any, short: Any, variant: str) -> tuple[dict[str, float], float]:
    """Numbers read back per call of the network, and seconds of a step; also warms everything up."""
    counts, step = {}, 0.0
    forced = fixed((True,) * turns(pipe, WARM_UP_STEPS))
    kinds = {"plain": None, "scheduled": forced, "decided": decided(variant)}
    for name, settings in kinds.items():
        if settings is not None:
            settings = settings.replaced(variant=variant)
        calls = []
        handle = pipe.transformer.register_forward_pre_hook(lambda *_, calls=calls: calls.append(1))
        rounds = Rounds(pipe, short)
        try:
            with HostReads() as reads:
                began = time.perf_counter()
                rounds._timed(settings)
                step = (time.perf_counter() - began) / WARM_UP_STEPS  # the last kind's: all is warm by then
        finally:
            handle.remove()
        counts[name] = reads.count / len(calls)
    return counts, step


def _figures(rounds: Rounds, name: str) -> dict[str, Any]:
    """What one run gave, as plain numbers."""
    figures: dict[str, Any] = {"seconds": rounds.seconds[name][0]}
    if rounds.peaks:
        figures["peak_bytes"] = rounds.peaks[name][0]
    if name in rounds.traces:
        trace = rounds.traces[name][0]
        figures |= {"calls": len(trace.records), "computed": trace.computed_calls}
        kinds = {"computed": True, "reused": False}
        for kind, computed in kinds.items():
            records = [r for r in trace.records[1:] if r.computed == computed and r.reason != "last"]
            if records:
                figures[f"{kind}_call_seconds"] = median(r.seconds for r in records)
                figures[f"{kind}_decision_seconds"] = median(r.decision_seconds for r in records)
    return figures


def _facts(pipe: Any, card: Card, scale: Scale, device: torch.device, dtype: torch.dtype) -> dict[str, Any]:
    """Where it was measured, and what."""
    variant = card.settings().variant
    return table.environment(next(pipe.transformer.parameters()), model=card.name) | {
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else str(device),
        "dtype": str(dtype).removeprefix("torch."),
        "scale": scale,
        "parameters": sum(p.numel() for p in pipe.transformer.parameters()),
        "latent_free": architecture_of(pipe.transformer).read_as(variant).latent_free,
    }


def rows_of(path: Path) -> list[Row]:
    """The rows of one model's file; none if it was not measured."""
    if not path.exists():
        return []
    done = json.loads(path.read_text())
    name, rounds = done["model"], done["rounds"]
    base = median(r["plain"]["seconds"] for r in rounds)
    rows = [Row(name=f"{name}: no cache", value=base, unit="s", note=f"{len(rounds)} rounds, medians")]
    for kind in ("slow", "fast"):
        rows += _speed_rows(name, kind, rounds)
    return [*rows, *_cost_rows(done), *_memory_rows(name, rounds)]


def _speed_rows(name: str, kind: str, rounds: list[dict[str, Any]]) -> list[Row]:
    one = rounds[0][kind]
    ideal = one["calls"] / one["computed"]
    measured = median(r["plain"]["seconds"] / r[kind]["seconds"] for r in rounds)
    seconds = median(r[kind]["seconds"] for r in rounds)
    calls = f"{one['computed']} of {one['calls']} calls computed"
    return [
        Row(name=f"{name}, {kind}: run", value=seconds, unit="s", note=calls),
        Row(name=f"{name}, {kind}: measured speedup", value=measured, note=f"ideal {ideal:.3f}"),
        Row(
            name=f"{name}, {kind}: efficiency",
            value=measured / ideal,
            goal=LEAST_EFFICIENCY,
            at_least=True,
            note="measured over ideal speedup, median of pairs",
        ),
    ]


def _cost_rows(done: dict[str, Any]) -> list[Row]:
    name, every, reads = done["model"], [r["decided"] for r in done["rounds"]], done["host_reads"]
    call = median(r["computed_call_seconds"] for r in every)
    cost = median(r["computed_decision_seconds"] for r in every)
    runs = median(r["decided"]["seconds"] / r["plain"]["seconds"] for r in done["rounds"])
    note = f"{1000 * cost:.3f} ms of {1000 * call:.1f}; whole runs {100 * (runs - 1):+.2f} %"
    more = reads["decided"] - reads["plain"]
    return [
        Row(
            name=f"{name}: decision and trace of a computed call",
            value=100 * cost / call,
            unit="%",
            goal=MOST_COST,
            note=note,
        ),
        Row(
            name=f"{name}: numbers that a decision reads back",
            value=more,
            unit="a call",
            goal=0.5 if done["facts"]["latent_free"] else None,
            note=f"{reads['plain']:.2f} without hooks, {reads['scheduled']:.2f} with a fixed schedule",
        ),
    ]


def _memory_rows(name: str, rounds: list[dict[str, Any]]) -> list[Row]:
    if "peak_bytes" not in rounds[0]["plain"]:
        return []
    peaks = {kind: max(r[kind]["peak_bytes"] for r in rounds) / 1e9 for kind in rounds[0]}
    with_it = max(peak for kind, peak in peaks.items() if kind != "plain")
    note = f"{peaks['plain']:.3f} GB without"
    return [Row(name=f"{name}: peak memory with the cache", value=with_it, unit="GB", note=note)]


def _write(path: Path, done: dict[str, Any]) -> None:
    """In one step, so that a command cut off while writing loses nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(done, indent=1) + "\n", encoding="utf-8")
    part.replace(path)
