"""What the hooks cost on real architectures: mid-size networks with random weights, half a second a call.

On the small embedded model a call is so short that bookkeeping shows; here it is held against calls of a size
that people run. Every kind of run takes its turn, and the medians are over calls or over pairs of runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

import torch

from benchmarks.lockstep import interleave
from benchmarks.rounds import Rounds
from benchmarks.subjects import SUBJECTS, Scale, Subject
from benchmarks.table import Row
from teacache.method.gate import Settings
from teacache.models.catalog import CARDS
from teacache.study.schedules import fixed, uniform

MODELS = ("latte", "cogvideox-2b", "wan-1.3b")
MOST_COST = 0.5  # percent of a computed call
MOST_REUSED = 1.0  # percent of a computed call


def rows(
    *, steps: int, repeats: int, device: torch.device, names: Sequence[str] = MODELS, scale: Scale = "mid"
) -> list[Row]:
    """The figures of every model, one after the other, so that only one is in memory."""
    results = []
    for name in names:
        results += measured(SUBJECTS[name], steps=steps, repeats=repeats, device=device, scale=scale)
    return results


def measured(
    subject: Subject, *, steps: int, repeats: int, device: torch.device, scale: Scale = "mid"
) -> list[Row]:
    """Without hooks, with every call decided and computed, and with every other step reused."""
    pipe = subject.build(scale, device, torch.float32)
    rounds = Rounds(pipe, caller(subject, pipe, scale, steps))
    variant = CARDS[subject.name].settings().variant
    half = fixed(uniform(steps, steps // 2 + 1)).replaced(variant=variant)
    kinds = {"plain": None, "decided": decided(variant), "half": half}
    interleave(rounds, lambda pipe: caller(subject, pipe, scale, steps), kinds, repeats)
    return _rows(subject.name, rounds)


def decided(variant: str) -> Settings:
    """Every call is measured and weighed against a threshold that it always reaches: all computed."""
    return Settings(threshold=1e-30, variant=variant)


def caller(subject: Subject, pipe: Any, scale: Scale, steps: int) -> Callable[[], None]:
    """A run from random embeddings and always the same noise to latents."""
    arguments = subject.arguments(pipe, scale, steps)
    return lambda: pipe(**arguments, generator=torch.Generator("cpu").manual_seed(0))


def _rows(name: str, rounds: Rounds) -> list[Row]:
    # At the first and the last step nothing is weighed.
    weighed = [r for r in rounds.records(["decided"], computed=True) if r.reason == "threshold"]
    call = median(r.seconds for r in weighed)
    cost = median(r.decision_seconds for r in weighed)
    reused = median(r.seconds for r in rounds.records(["half"], computed=False))
    computed = median(r.seconds for r in rounds.records(["half"], computed=True))
    pairs = f"{len(rounds.seconds['plain'])} pairs of runs"
    return [
        Row(name=f"{name}: computed call", value=call, unit="s", note=f"median of {len(weighed)}"),
        Row(
            name=f"{name}: decision and trace",
            value=100 * cost / call,
            unit="%",
            goal=MOST_COST,
            note=f"{1000 * cost:.2f} ms of a computed call, by the recorder's clock",
        ),
        Row(
            name=f"{name}: all decided over no hooks",
            value=100 * (rounds.ratio("decided", "plain") - 1),
            unit="%",
            note=f"whole runs, {pairs}; {rounds.spread('plain')} without",
        ),
        Row(
            name=f"{name}: reused over computed call",
            value=100 * reused / computed,
            unit="%",
            goal=MOST_REUSED,
            note=f"{1000 * reused:.2f} ms",
        ),
    ]
