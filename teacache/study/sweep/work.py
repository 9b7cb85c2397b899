"""Runs one unit of a sweep on a pipeline: the uncached run, unless it is at hand, then each level.

This is what a worker does, in this process or on a cluster. Knows pipelines and methods; knows no folder and
no other worker.
"""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from teacache.method.settings import Settings
from teacache.method.trace import Trace
from teacache.runs.comparison import Run
from teacache.runs.fidelity import fidelity
from teacache.runs.video import enlarge, write_video
from teacache.study.clips import sample
from teacache.study.collection import Reference
from teacache.study.methods import METHODS
from teacache.study.methods.method import cost
from teacache.study.regions import object_mask, object_psnr
from teacache.study.rivals import disturbed
from teacache.study.sweep.plan import BASELINE, Level, Unit, values_json
from teacache.study.sweep.rows import Row


@dataclass(frozen=True, kw_only=True, eq=False)
class Done:
    """A finished run of a unit; the first of a unit whose reference was not at hand brings that too."""

    unit: Unit
    row: Row
    trace: Trace | None
    clip: bytes  # an mp4
    reference: Reference | None = None


def work(pipe: Any, unit: Unit, own: Settings, reference: Reference | None = None) -> Iterator[Done]:
    """Make every run of a unit, each given out as soon as it is judged; TeaCache runs at its `own` settings.

    Without a `reference` the uncached run is made first, also where its row is known. What a run raises
    passes through.
    """
    pipe.teacache_settings = own
    baseline = None
    if reference is None:
        off = own.replaced(threshold=0, schedule=None)
        baseline = reference = Reference.of(sample(pipe, unit.request, off))
    judge = _Judge(pipe, unit, reference)
    if baseline is not None or BASELINE in unit.levels:
        yield judge.done(BASELINE, reference.run(), reference=baseline)
    for level in unit.levels:
        if level != BASELINE:
            yield judge.done(level, METHODS[level.method].run(pipe, unit.request, dict(level.values)))


class _Judge:
    """Rows of one unit, beside its uncached run."""

    def __init__(self, pipe: Any, unit: Unit, reference: Reference):
        self.pipe, self.unit = pipe, unit
        self.reference = reference.run()
        self.mask = object_mask(reference.video)
        self.worker = f"{socket.gethostname()}:{os.getpid()}"

    def done(self, level: Level, run: Run, *, reference: Reference | None = None) -> Done:
        """A run with its row, its clip encoded."""
        trace = run.trace if run.trace.records else None
        clip = encoded(run.video, self.pipe.teacache_card.fps)
        row = self._row(level, run)
        return Done(unit=self.unit, row=row, trace=trace, clip=clip, reference=reference)

    def _row(self, level: Level, run: Run) -> Row:
        request, calls = self.unit.request, len(self.reference.trace.records)
        near = fidelity(run.video, self.reference.video)
        return Row(
            key=self.unit.key(level),
            index=self.unit.index,
            prompt=request.prompt,
            seed=request.seed,
            model=request.model,
            steps=request.steps,
            guidance_scale=request.guidance_scale,
            flow_shift=_flow_shift(self.pipe),
            method=level.method,
            values=values_json(level),
            knob=level.knob,
            budget=level.budget,
            computed=run.trace.computed_calls,
            calls=calls,
            share=1.0 if level == BASELINE else cost(self.pipe, request, run).share,
            seconds=run.timings.denoising,
            uncached_seconds=self.reference.timings.denoising,
            psnr=near.psnr,
            ssim=near.ssim,
            lpips=near.lpips,
            object_psnr=object_psnr(run.video, self.reference.video, self.mask),
            disturbed=disturbed(self.reference, run),
            worker=self.worker,
        )


def encoded(video: np.ndarray, fps: float) -> bytes:
    """An mp4 of (F, H, W, 3) uint8 frames."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        write_video(path, enlarge(video), fps)
        return path.read_bytes()


def _flow_shift(pipe: Any) -> float | None:
    """Of the scheduler as it stands; None where it has none."""
    config = pipe.scheduler.config
    shift = config.get("flow_shift", config.get("shift"))
    return None if shift is None else float(shift)
