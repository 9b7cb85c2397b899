"""Uncached runs of one setup, kept once for everybody: calibrations, plans of schedules, sweeps.

A run is known by the seed of its noise. All keep its trace; who needs its clip to judge others by keeps that
too, without loss. Knows files; makes no run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from teacache.errors import TraceFormatError
from teacache.method.trace import Trace
from teacache.runs.comparison import Run, Timings
from teacache.runs.files import whole
from teacache.runs.request import Checked, Request


@dataclass(frozen=True, kw_only=True, eq=False)
class Reference:
    """An uncached run: what all others of its noise are judged by."""

    trace: Trace
    video: np.ndarray  # (F, H, W, 3) uint8
    seconds: float  # denoising

    @classmethod
    def of(cls, run: Run) -> Reference:
        """The part of a run that is kept."""
        return cls(trace=run.trace, video=run.video, seconds=run.timings.denoising)

    def run(self) -> Run:
        """As a run again; only its denoising was kept of its seconds."""
        timings = Timings(text=0.0, denoising=self.seconds, decoding=0.0)
        return Run(trace=self.trace, video=self.video, timings=timings)


class Collection:
    """The uncached runs in one folder, made when first needed."""

    def __init__(self, folder: Path):
        self.folder = folder

    def trace(self, request: Request) -> Trace | None:
        """The trace of a checked request's uncached run; None if it is not whole here."""
        try:
            trace = Trace.load(self._place(request, ".json"))
        except (FileNotFoundError, TraceFormatError):
            return None  # not run yet, or written by something that was stopped
        same = trace.prompt == request.prompt and len(trace.records) >= (request.steps or 0)
        return trace if same else None

    def reference(self, request: Request) -> Reference | None:
        """The same with its clip; None if that was not kept."""
        trace = self.trace(request)
        try:
            with np.load(self._place(request, ".npz")) as archive:
                video, seconds = archive["video"], float(archive["seconds"])
        except (FileNotFoundError, BadZipFile, KeyError, ValueError):
            return None
        return None if trace is None else Reference(trace=trace, video=video, seconds=seconds)

    def keep(self, request: Request, trace: Trace) -> None:
        """Keep a trace."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with whole(self._place(request, ".json")) as unfinished:
            trace.save(unfinished)

    def keep_reference(self, request: Request, reference: Reference) -> None:
        """Keep a trace with its clip."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with whole(self._place(request, ".npz")) as unfinished, unfinished.open("wb") as file:
            np.savez(file, video=reference.video, seconds=reference.seconds)
        self.keep(request, reference.trace)

    def missing(self, requests: Iterable[Checked]) -> list[Checked]:
        """Those of which there is no trace."""
        return [request for request in requests if self.trace(request) is None]

    def _place(self, request: Request, suffix: str) -> Path:
        return self.folder / f"{request.seed:06d}{suffix}"
