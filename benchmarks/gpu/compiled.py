"""(c) TeaCache around compiled blocks and CUDA graphs: is it still as fast as the schedule promises?"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Literal

import torch

from benchmarks.gpu.networks import LEAST_EFFICIENCY, UNPUBLISHED, steps_for
from benchmarks.gpu.parts import Where
from benchmarks.overhead import caller
from benchmarks.rounds import Rounds
from benchmarks.subjects import SUBJECTS
from benchmarks.table import Row
from teacache.models.catalog import CARDS
from teacache.study.schedules import fixed, uniform

Mode = Literal["default", "reduce-overhead"]  # the second records CUDA graphs
TITLES = {"default": "regional compile", "reduce-overhead": "CUDA graphs"}
WARM_UP_STEPS = 3


def rows(where: Where, name: str, mode: Mode) -> Sequence[Row]:
    """Seconds without the cache, and the efficiency with it, both with compiled blocks."""
    subject, card = SUBJECTS[name], CARDS[name]
    pipe = subject.build(where.scale, where.device, where.dtype)
    pipe.transformer.compile_repeated_blocks(**({} if mode == "default" else {"mode": mode}))
    began = time.perf_counter()
    with torch.no_grad():
        caller(subject, pipe, where.scale, WARM_UP_STEPS)()
    compiling = time.perf_counter() - began
    steps = steps_for(card.steps, _step(subject, pipe, where), 0.8 * where.left)
    point = card.published.slow
    computed = max(1, round(steps / (point.speedup or UNPUBLISHED["slow"])))
    schedule = fixed(uniform(steps, computed)).replaced(variant=card.settings().variant)
    rounds = Rounds(pipe, caller(subject, pipe, where.scale, steps))
    rounds.once({"plain": None, "slow": schedule})
    trace = rounds.traces["slow"][0]
    ideal = len(trace.records) / trace.computed_calls
    title = f"{name}, {TITLES[mode]}"
    return [
        Row(
            name=f"{title}: no cache",
            value=rounds.seconds["plain"][0],
            unit="s",
            note=f"{steps} steps, {compiling:.0f} s to compile",
        ),
        Row(
            name=f"{title}: efficiency",
            value=rounds.ratio("plain", "slow") / ideal,
            goal=LEAST_EFFICIENCY,
            at_least=True,
            note=f"ideal {ideal:.3f}, one pair of runs",
        ),
    ]


def _step(subject: Any, pipe: Any, where: Where) -> float:
    """Seconds of a step, now that all is compiled; also with the cache once, whose shapes are others."""
    schedule = fixed((True, False, True)).replaced(variant=CARDS[subject.name].settings().variant)
    rounds = Rounds(pipe, caller(subject, pipe, where.scale, WARM_UP_STEPS))
    rounds.once({"slow": schedule, "plain": None})
    return rounds.seconds["plain"][0] / WARM_UP_STEPS
