"""`python -m benchmarks --peers`: the best of ours against each rival, at equal fidelity, on three levels.

Every kind of run (a method at a setting) takes its turn in each round, so that a slow minute counts for all;
a round has a prompt and noise of its own. A rival's level is what its careful, middle and bold setting come
to in dB, averaged over the rounds; set against it is the fastest run of ours that comes at least as near, or
half a dB less near. Seconds are medians over rounds of denoising, at least three of them; memory is the peak
above what the process held before the run. Planned schedules are ours as well, and each has a row of its own,
beside the fastest run that TeaCache decides at equal fidelity. Knows methods; decides nothing for them.
"""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean, median
from typing import Any

import psutil
import torch

from benchmarks.table import Row
from teacache.method.trace import Trace
from teacache.models.schedules import shipped
from teacache.runs import Request
from teacache.runs.adapters import checked
from teacache.runs.comparison import Run
from teacache.runs.fidelity import psnr
from teacache.study.clips import sample
from teacache.study.methods import METHODS, Method, Values, cost
from teacache.study.prompts import noise_seed, prompts_for

DECIDED, PLANNED = ("teacache", "naive"), "planned"
OURS = (*DECIDED, PLANNED)  # where there are such methods
LEAST = 3  # rounds: the median of fewer is none
BESIDE = 0.5  # dB that count as equal
SHARES = (0.85, 0.7, 0.55, 0.45, 0.35, 0.25, 0.18)  # of the calls, that ours are tried at
LEVELS = ("careful", "middle", "bold")
MIB = 2**20


@dataclass(frozen=True)
class Kind:
    """A method at one setting."""

    method: str
    level: str
    values: tuple[tuple[str, float], ...]

    @property
    def text(self) -> str:
        """Its knobs, for a note."""
        return " ".join(f"{name}={value:g}" for name, value in self.values)


@dataclass
class Measured:
    """Of one kind, round by round."""

    seconds: list[float] = field(default_factory=list)
    psnr: list[float] = field(default_factory=list)
    share: list[float] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)  # bytes

    @property
    def fidelity(self) -> float:
        """dB, mean over rounds."""
        return fmean(self.psnr)

    @property
    def took(self) -> float:
        """Median seconds."""
        return median(self.seconds)


def rows(pipe: Any, *, steps: int, repeats: int, minutes: float) -> list[Row]:
    """One row a rival and level: its seconds over those of ours; the goal is that it is no less than 1.

    Then one for each planned schedule: the seconds of TeaCache's decision over its own. After LEAST rounds
    none begins after so many minutes; the notes say how many there were.
    """
    measured = measure(pipe, steps=steps, rounds=repeats, minutes=minutes)
    ours = {kind: figures for kind, figures in measured.items() if kind.method in OURS}
    theirs = {kind: figures for kind, figures in measured.items() if kind.method not in OURS}
    refused = [_refusal(method, pipe, steps) for method in METHODS.values() if method.why_not(pipe, steps)]
    rivals = [_row(kind, each, ours) for kind, each in theirs.items()]
    return rivals + planned_rows(ours) + refused


def planned_rows(ours: dict[Kind, Measured]) -> list[Row]:
    """Each planned schedule beside the fastest run that TeaCache decides and that comes as near."""
    decided = {kind: each for kind, each in ours.items() if kind.method in DECIDED}
    return [_planned_row(kind, each, decided) for kind, each in ours.items() if kind.method == PLANNED]


def _planned_row(kind: Kind, mine: Measured, decided: dict[Kind, Measured]) -> Row:
    name = f"{METHODS[PLANNED].title}, {kind.level} of the steps"
    text = f"{mine.fidelity:.1f} dB, {_told(mine)}"
    nearest = match(mine.fidelity, decided)
    if nearest is None:
        note = f"{text}; TeaCache is nowhere as near"
        return Row(name=name, value=None, unit="x", goal=1.0, at_least=True, note=note)
    best, theirs = nearest
    value = median(a / b for a, b in zip(theirs.seconds, mine.seconds, strict=True))
    note = f"{text}; {METHODS[best.method].title}: {theirs.fidelity:.1f} dB, {_told(theirs)} ({best.text})"
    return Row(name=name, value=value, unit="x", goal=1.0, at_least=True, note=note)


def measure(pipe: Any, *, steps: int, rounds: int, minutes: float) -> dict[Kind, Measured]:
    """Every kind in every round; the first round's uncached trace says which thresholds are tried."""
    kinds: list[Kind] = []
    results: dict[Kind, Measured] = {}
    until = time.monotonic() + 60 * minutes
    for place, prompt in enumerate(prompts_for("evaluation", rounds)):
        if place >= LEAST and time.monotonic() > until:
            break
        seed = noise_seed("evaluation", place)
        request = checked(pipe, Request(model=pipe.teacache_card.name, prompt=prompt, seed=seed, steps=steps))
        uncached = sample(pipe, request, metered=True)
        kinds = kinds or kinds_of(pipe, uncached.trace)
        for kind in kinds:
            run, memory = _run(pipe, request, kind)
            share = cost(pipe, request, run).share
            print(f"{place + 1}/{rounds} {kind.method} {kind.text}: {share:.2f}", file=sys.stderr)
            _note(results.setdefault(kind, Measured()), run, uncached, memory=memory, share=share)
    return results


def kinds_of(pipe: Any, uncached: Trace) -> list[Kind]:
    """Ours at several shares of the calls, rivals at their careful, middle and bold setting."""
    here = [method for method in METHODS.values() if method.why_not(pipe, uncached.steps) is None]
    kinds = []
    for method in here:
        if method.name in OURS:
            shares = _planned_shares(pipe, uncached.steps) if method.name == PLANNED else SHARES
            kinds += [_kind(method, f"{share:.2f}", method.aim(pipe, uncached, share)) for share in shares]
        else:
            kinds += [
                _kind(method, *each) for each in zip(LEVELS, _levels(method, pipe, uncached), strict=True)
            ]
    return list(dict.fromkeys(kinds))


def _planned_shares(pipe: Any, steps: int) -> list[float]:
    """Of the schedules that ship for so many steps."""
    plans = shipped(pipe.teacache_card.name)
    return [each.computed / steps for each in plans if len(each.schedule) == steps]


def _levels(method: Method, pipe: Any, uncached: Trace) -> tuple[Values, ...]:
    if method.aim is not None:
        return tuple(method.aim(pipe, uncached, share) for share in (0.66, 0.5, 0.33))
    return method.values("slow"), method.ladder[len(method.ladder) // 2], method.values("fast")


def _kind(method: Method, level: str, values: Values) -> Kind:
    return Kind(method.name, level, tuple(sorted(values.items())))


def _run(pipe: Any, request: Request, kind: Kind) -> tuple[Run, int]:
    with peak() as memory:
        run = METHODS[kind.method].run(pipe, request, dict(kind.values))
    return run, memory[0]


def _note(measured: Measured, run: Run, uncached: Run, *, memory: int, share: float) -> None:
    measured.seconds.append(run.timings.denoising)
    measured.psnr.append(psnr(run.video / 255.0, uncached.video / 255.0))
    measured.share.append(share)
    measured.memory.append(memory)


def match(level: float, ours: dict[Kind, Measured]) -> tuple[Kind, Measured] | None:
    """The fastest run of ours that is at least as near as `level` in dB, or BESIDE less near."""
    near = [pair for pair in ours.items() if pair[1].fidelity >= level - BESIDE]
    return min(near, key=lambda pair: pair[1].took, default=None)


def _row(kind: Kind, theirs: Measured, ours: dict[Kind, Measured]) -> Row:
    name = f"{METHODS[kind.method].title}, {kind.level}"
    text = f"{theirs.fidelity:.1f} dB, {_told(theirs)} ({kind.text})"
    nearest = match(theirs.fidelity, ours)
    if nearest is None:
        return Row(
            name=name, value=None, unit="x", goal=1.0, at_least=True, note=f"{text}; none of ours is as near"
        )
    best, mine = nearest
    return Row(
        name=name,
        value=median(a / b for a, b in zip(theirs.seconds, mine.seconds, strict=True)),
        unit="x",
        goal=1.0,
        at_least=True,
        note=f"{text}; {METHODS[best.method].title}: {mine.fidelity:.1f} dB, {_told(mine)} ({best.text})"
        + _why(theirs, mine),
    )


def _told(measured: Measured) -> str:
    memory = max(measured.memory) / MIB
    rounds = len(measured.seconds)
    return f"{measured.took:.2f} s of {rounds}, {fmean(measured.share):.0%} of the FLOPs, {memory:.0f} MiB"


def _why(theirs: Measured, mine: Measured) -> str:
    """Where a rival is faster: because it computes less, or because the clock is no finer than that."""
    if theirs.took >= mine.took:
        return ""
    if fmean(theirs.share) < 0.98 * fmean(mine.share):
        return "; it computes less for the same"
    return "; it computes no less: the clock is no finer here"


def _refusal(method: Method, pipe: Any, steps: int) -> Row:
    return Row(name=method.title, value=None, note=str(method.why_not(pipe, steps)))


def held() -> int:
    """Bytes that this process holds for itself.

    On Linux without the pages of files (libraries, weights), which the system drops as it likes,
    and with those it has put away: the resident size alone falls on a machine short of memory.
    """
    status = Path("/proc/self/status")
    if not status.is_file():
        return psutil.Process().memory_info().rss
    rows = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
    return sum(int(rows[name].split()[0]) * 1024 for name in ("RssAnon", "VmSwap"))


@contextmanager
def peak() -> Iterator[list[int]]:
    """The most bytes held at once inside, above those held before; of an accelerator where there is one."""
    most = [0]
    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
        yield most
        most[0] = torch.cuda.max_memory_allocated() - before
        return
    gc.collect()  # what is only freed inside would be taken off
    over, before = threading.Event(), held()

    def watch() -> None:
        while not over.is_set():
            most[0] = max(most[0], held() - before)
            time.sleep(0.02)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield most
    finally:
        over.set()
        thread.join()


def wins(results: Sequence[Row]) -> str:
    """One line: how often ours was the fastest."""
    judged = [row for row in results if row.value is not None]
    return f"ours is the fastest at {sum(row.verdict == 'pass' for row in judged)} of {len(judged)} levels"
