"""A whole comparison: the uncached run, then the cached run, from the same noise and the same encoded prompt.

Knows how two runs become a Comparison, and which earlier baseline may be used again; the runs themselves
are made in generate.py. Knows no page and no file.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Generator, Hashable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Literal

import numpy as np

from teacache.method.settings import Settings
from teacache.method.trace import StepRecord, Trace
from teacache.runs import generate as run
from teacache.runs.adapters import adapter_of, checked, defaults_of
from teacache.runs.calling import experts_of
from teacache.runs.comparison import Comparison, Fidelity, Phase, Progress, Run, SoundFidelity
from teacache.runs.events import Called, Denoised, Encoded, Finished, Previewed, Started, Warming
from teacache.runs.fidelity import judging
from teacache.runs.glimpse import Glimpse
from teacache.runs.identity import identity_of
from teacache.runs.latest import Latest
from teacache.runs.picture import fingerprint
from teacache.runs.request import Checked, Request
from teacache.runs.speed import speed

Lane = Literal["uncached", "cached"]


def compare(
    pipe: Any,
    request: Request,
    *,
    baselines: Baselines | None = None,
    preview_every: int = 5,
) -> Generator[Progress, None, None]:
    """Run `pipe` without and with the cache; yields the state after every call, the Comparison last.

    A state also comes at least once a second, so the iterator can be closed at any time: the run then stops
    before its next call. Waits while the pipeline is in use. `baselines` lends an earlier uncached run of
    the same request and keeps this one. `preview_every=0` makes no previews.

    Raises RequestError at once for a request that cannot be run, and whatever a run raises while it is
    iterated.
    """
    request = checked(pipe, request)
    calls = request.steps * adapter_of(pipe).calls_per_step(pipe, request)
    board = _Board(request, calls=calls, fps=defaults_of(pipe).fps)
    return _compare(pipe, board, Baselines() if baselines is None else baselines, preview_every)


def _compare(
    pipe: Any, board: _Board, baselines: Baselines, preview_every: int
) -> Generator[Progress, None, None]:
    lock = run.lock_of(pipe)
    yield board.state()
    while not lock.acquire(timeout=run.BEAT):
        yield board.state()
    try:
        off = board.request.settings.replaced(threshold=0, schedule=None)
        uncached = baselines.get(pipe, board.request)
        if uncached is None:
            uncached = yield from board.follow(_job(pipe, board, off, preview_every), "uncached")
            baselines.put(pipe, board.request, uncached)
        else:
            board.reuse(uncached)
            yield board.state()
        cached = yield from board.follow(_job(pipe, board, board.request.settings, preview_every), "cached")
        if board.reused is not None and _too_old(uncached, cached):
            board.forget_baseline()
            job = _job(pipe, board, off, preview_every=0)
            uncached = yield from board.follow(job, "uncached", phase="again")
            baselines.put(pipe, board.request, uncached)
    finally:
        lock.release()
    fidelity = yield from judging(cached, uncached, sign=board.state, beat=run.BEAT)
    yield board.finish(uncached, cached, fidelity)


def _too_old(uncached: Run, cached: Run) -> bool:
    """Whether the machine was faster or slower when the lent run was timed than it is now."""
    if cached.trace.probe:  # not timed at all
        return False
    seconds = uncached.timings.denoising, cached.timings.denoising
    return not speed(uncached.trace, cached.trace, seconds=seconds).calls_agree


def _job(pipe: Any, board: _Board, settings: Settings, preview_every: int) -> run.Job:
    return run.Job(
        pipe=pipe,
        # Probing is for reused calls, and there are none with the cache off.
        request=replace(board.request, probe=board.request.probe and not settings.off),
        settings=settings,
        embeddings=board.embeddings,
        preview_every=preview_every,
    )


class _Board:
    """What is known so far; states are copies of it."""

    def __init__(self, request: Checked, *, calls: int, fps: float):
        now = datetime.now(UTC)
        self.run_id = f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(8)}"  # who does not know it cannot guess it
        self.created = f"{now:%Y-%m-%dT%H:%M:%S.%f}Z"
        self.request, self.calls, self.fps = request, calls, fps
        self.started = time.perf_counter()
        self.phase: Phase = "text"
        self.records: dict[Lane, tuple[StepRecord, ...]] = {"uncached": (), "cached": ()}
        self.preview: np.ndarray | None = None
        self.glimpse: Glimpse | None = None
        self.embeddings: run.Embeddings | None = None
        self.reused: Run | None = None

    def state(self, comparison: Comparison | None = None) -> Progress:
        """All of it, as of now."""
        return Progress(
            run_id=self.run_id,
            phase=self.phase,
            request=self.request,
            calls=self.calls,
            uncached=self.records["uncached"],
            cached=self.records["cached"],
            preview=self.preview,
            glimpse=self.glimpse,
            baseline_reused=self.reused is not None,
            baseline=None if self.reused is None else self.reused.video,
            elapsed=time.perf_counter() - self.started,
            comparison=comparison,
        )

    def reuse(self, baseline: Run) -> None:
        """An earlier uncached run stands in for a new one."""
        self.reused = baseline
        self.records["uncached"] = baseline.trace.records
        self.calls = len(baseline.trace.records)

    def forget_baseline(self) -> None:
        """It is run again after all, without previews: the cached clip's is on screen."""
        self.reused, self.records["uncached"] = None, ()

    def follow(
        self, job: run.Job, lane: Lane, *, phase: Phase | None = None
    ) -> Generator[Progress, None, Run]:
        """Yield a state at every event of a run, "uncached" or "cached"; returns the run."""
        during: Phase = phase or lane
        with closing(run.stream(job)) as events:
            for event in events:
                match event:
                    case Encoded(embeddings):
                        self.embeddings, self.phase = embeddings, during
                        self.preview = self.glimpse = None
                    case Warming():
                        self.phase = "warming"
                    case Started(calls):
                        self.calls, self.phase = calls, during
                    case Called(record):
                        self.records[lane] += (record,)
                    case Previewed(frames, glimpse):
                        self.preview, self.glimpse = frames, glimpse
                    case Denoised():
                        self.phase = "decoding"
                    case Finished(finished):
                        return finished
                yield self.state()
        raise AssertionError("a run ends with Finished or raises")

    def finish(self, uncached: Run, cached: Run, fidelity: Fidelity | SoundFidelity) -> Progress:
        """The last state, with the comparison."""
        self.phase = "done"
        return self.state(
            Comparison(
                run_id=self.run_id,
                created=self.created,
                request=self.request,
                fps=self.fps,
                uncached=uncached,
                cached=cached,
                fidelity=fidelity,
                baseline_reused=self.reused is not None,
            )
        )


class Baselines:
    """The latest uncached runs of this process, for use again; safe to share between threads.

    A baseline fits if everything of the pipeline that makes the clip is the same (see `identity_of`), and if
    prompt, seed, steps, guidance, size and image are equal. Its timing is the one measured when it was run,
    which is marked; where the computed calls of the new run take another time than its own, it is run again.
    """

    def __init__(self, most: int = 8, most_bytes: int = 256 * 2**20):
        self._runs: Latest[Hashable, Run] = Latest(most, most_weight=most_bytes, weigh=lambda run: run.nbytes)

    def get(self, pipe: Any, request: Checked) -> Run | None:
        """The uncached run of this request, its estimates as the request's polynomial gives them; or None."""
        baseline = self._runs.get(_key(pipe, request))
        if baseline is None:
            return None
        return replace(baseline, trace=_estimated_by(pipe, request.settings, baseline.trace))

    def put(self, pipe: Any, request: Checked, uncached: Run) -> None:
        """Keep a run; the longest unused ones make room."""
        self._runs.put(_key(pipe, request), uncached)

    def __len__(self) -> int:
        return len(self._runs)


def _key(pipe: Any, request: Checked) -> Hashable:
    values = (
        request.prompt,
        request.seed,
        request.steps,
        request.guidance_scale,
        request.size,
        request.seconds,
    )
    # Another variant compares another tensor, so the recorded distances would not be its own.
    experts = experts_of(pipe, request.settings)
    variants = (request.settings.variant, *((name, own.variant) for name, own in experts.items()))
    return (identity_of(pipe), *values, variants, fingerprint(request.image))


def _estimated_by(pipe: Any, settings: Settings, trace: Trace) -> Trace:
    """The same uncached run with another polynomial's estimates, which had no part in it."""
    off = settings.replaced(threshold=0, schedule=None)
    experts = experts_of(pipe, off)
    if (off, experts) == (trace.settings, trace.experts):
        return trace
    records = tuple(
        replace(record, estimated_distance=_estimate(experts.get(record.transformer, off), record))
        for record in trace.records
    )
    return replace(trace, settings=off, experts=experts, records=records)


def _estimate(settings: Settings, record: StepRecord) -> float | None:
    if record.indicator_distance is None:
        return None
    estimate = settings.estimate(record.indicator_distance)
    return estimate if np.isfinite(estimate) else None
