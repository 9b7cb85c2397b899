"""One run of a pipeline in a worker thread, told as events; closing the iterator cancels it.

How the seconds are measured: `text` is the encoding of the prompt. `denoising` is wall time from the start
of the first transformer call to the end of the last scheduler step, so it holds schedulers, guidance,
deciding and recording; the clock is held during previews and while events are handed over, and a page that
reads slowly cannot slow it, since the queue never blocks the worker. From a run with the cache off the
recorded `decision_seconds` are then taken away, because a run without TeaCache would measure nothing: the
baseline is not made slow by being watched. `decoding` is latents to pixels. On an accelerator the device is
waited for at every one of these borders.

Knows pipelines through adapters.py, and TeaCache; nothing of pages, files or fidelity.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
import weakref
from collections.abc import Generator, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch

from teacache.errors import Cancelled, Phrase
from teacache.method.settings import Settings
from teacache.method.trace import Trace
from teacache.method.wrappers import unwrapped
from teacache.platform.threads import BEAT, give_back
from teacache.platform.waiting import adapting
from teacache.runs.adapters import adapter_of, checked
from teacache.runs.adapters.previews import floats_to_bytes, sound_of
from teacache.runs.calling import Another, Around, call, experts_of
from teacache.runs.comparison import Run, Timings
from teacache.runs.events import (
    Beat,
    Embeddings,
    Encoded,
    Event,
    Finished,
    Warming,
)
from teacache.runs.lack import in_words, is_lack
from teacache.runs.meter import Meter, prices
from teacache.runs.request import Checked, Request
from teacache.runs.sound import Sound
from teacache.runs.timing import WallClock, synchronize
from teacache.runs.warm import is_warm, warm
from teacache.runs.watch import Watch, check_numbers

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class _Failed:
    error: BaseException


def generate(
    pipe: Any,
    request: Request,
    *,
    settings: Settings | None = None,
    embeddings: Embeddings | None = None,
    preview_every: int = 5,
    metered: bool = False,
    around: Around | None = None,
) -> Generator[Event, None, None]:
    """Run `pipe` once with TeaCache and yield what happens; the last event is Finished.

    `settings` default to those of the request; `embeddings` of an earlier run of the same prompt save
    encoding it again; a preview comes every `preview_every` steps, 0 for none. `metered` counts FLOPs, for
    Run.work; `around` puts another cache in TeaCache's place, then always metered. Waits while the pipeline
    is in use. Closing the iterator stops the run before its next call and leaves the pipeline as it was.

    Raises RequestError at once for a request that cannot be run, and whatever the run raises while it is
    iterated.
    """
    job = Job(
        pipe=pipe,
        request=checked(pipe, request),
        settings=settings or request.settings,
        embeddings=embeddings,
        preview_every=preview_every,
        metered=metered or around is not None,
        around=around,
    )
    return _alone(job)


def _alone(job: Job) -> Generator[Event, None, None]:
    lock = lock_of(job.pipe)
    while not lock.acquire(timeout=BEAT):
        yield Beat()
    try:
        yield from stream(job)
    finally:
        lock.release()


_LOCKS: weakref.WeakKeyDictionary[Any, threading.Lock] = weakref.WeakKeyDictionary()
_LOCKS_LOCK = threading.Lock()


def lock_of(pipe: Any) -> threading.Lock:
    """The lock that a run holds, one per transformer: the hooks live there and pipelines may share it."""
    with _LOCKS_LOCK:
        return _LOCKS.setdefault(unwrapped(getattr(pipe, "transformer", pipe)), threading.Lock())


def stream(job: Job) -> Generator[Event, None, None]:
    """The events of a job, run in a thread of its own. The caller holds the pipeline's lock."""
    thread = threading.Thread(target=job.work, name="teacache-run", daemon=True)
    give_back()
    thread.start()
    try:
        while True:
            event = job.next_event()
            if isinstance(event, _Failed):
                raise event.error
            yield event
            if isinstance(event, Finished):
                return
    finally:  # also when closed, or thrown away half-way
        job.stop.set()
        thread.join()


@dataclass(kw_only=True)
class Job:
    """One run: what is wanted, and how its news travel. All methods but `next_event` belong to the worker."""

    pipe: Any
    request: Checked  # checked
    settings: Settings
    embeddings: Embeddings | None = None
    preview_every: int = 5
    metered: bool = False
    around: Around | None = None
    meter: Meter | None = None  # while it runs
    stop: threading.Event = field(default_factory=threading.Event)
    _events: queue.SimpleQueue[Event | _Failed] = field(default_factory=queue.SimpleQueue)

    def next_event(self) -> Event | _Failed:
        """What happened next; a Beat if nothing does."""
        try:
            return self._events.get(timeout=BEAT)
        except queue.Empty:
            return Beat()

    def tell(self, event: Event | _Failed) -> None:
        """Never blocks: the queue has no end."""
        self._events.put(event)

    def check(self) -> None:
        """Raise Cancelled if nobody wants the run any more."""
        if self.stop.is_set():
            raise Cancelled("The run was stopped on request.")

    def work(self) -> None:
        """The whole run, in the worker thread; whatever goes wrong is raised in the thread that iterates."""
        try:
            with torch.no_grad(), _quiet(self.pipe), adapting():  # gradient mode belongs to a thread
                run = self._run()
            self.tell(Finished(run))
        except BaseException as error:
            self.tell(_Failed(self._said(error)))

    def _said(self, error: BaseException) -> BaseException:
        """Lack of memory as advice; every other error as it is."""
        try:
            return in_words(error, self.pipe, self.request) if is_lack(error) else error
        except Exception:  # a device that is lost answers nothing, and whoever reads waits for an answer
            _log.exception("the device could not be asked for its memory")
            return error

    def _run(self) -> Run:
        embeddings = self.embeddings or self._encode()
        self.tell(Encoded(embeddings))
        self._warm_up(embeddings)
        with nullcontext() if self.meter is None else self.meter.attached():
            video, sound, trace, watch = self._denoise(embeddings)
        decision = sum(record.decision_seconds for record in trace.records)
        timings = Timings(
            text=embeddings.seconds,
            denoising=watch.seconds - decision if self.settings.off else watch.seconds,
            decoding=time.perf_counter() - watch.denoised,
            decision=0.0 if self.settings.off else decision,
        )
        work = None if self.meter is None else self.meter.work()
        return Run(trace=trace, video=video, timings=timings, sound=sound, work=work)

    def _encode(self) -> Embeddings:
        self.check()
        start = time.perf_counter()
        arguments = adapter_of(self.pipe).encode(self.pipe, self.request)
        synchronize(self.pipe._execution_device)
        return Embeddings(arguments=arguments, seconds=time.perf_counter() - start)

    def _warm_up(self, embeddings: Embeddings) -> None:
        """What happens once per process happens now, before the clock runs."""
        these = (self.pipe, self.request, embeddings.arguments, self.settings)
        if not is_warm(*these):
            self.tell(Warming())
            warm(*these, check=self.check)
        if self.metered:
            self.meter = Meter(prices(*these[:3], check=self.check))

    def _another(self) -> Another | None:
        """The other cache that runs, with what it computed as the meter counts it."""
        if self.around is None or self.meter is None:
            return None
        return Another(self.around, self.meter.share)

    def _denoise(self, embeddings: Embeddings) -> tuple[np.ndarray, Sound | None, Trace, Watch]:
        """Frames, sound, trace and times; `pipe` decodes."""
        request = self.request
        watch = Watch(self, WallClock(self.pipe._execution_device))
        output, trace = call(
            self.pipe,
            request,
            embeddings.arguments,
            settings=self.settings,
            experts=experts_of(self.pipe, self.settings),
            observer=watch,
            after_step=watch.after_step,
            another=self._another(),
            meet=watch.meet,
        )
        synchronize(self.pipe._execution_device)
        check_numbers(self.pipe, Phrase("decoding"), np.isfinite(output.max() - output.min()))
        video, sound = _shown(self.pipe, output, request)
        trace = replace(
            trace,
            model=request.model,
            prompt=request.prompt,
            seed=request.seed,
            size=request.size,
            guidance_scale=request.guidance_scale,
        )
        return video, sound, trace, watch


def _shown(pipe: Any, output: Any, request: Checked) -> tuple[np.ndarray, Sound | None]:
    """What the pipeline returned as (F, H, W, 3) uint8, with the sound where it is one."""
    if adapter_of(pipe).seconds_argument:
        return sound_of(pipe, output, request)
    # one clip (1, F, H, W, 3), or one picture (1, H, W, 3) that becomes a clip of one frame
    return floats_to_bytes(np.asarray(output[0] if output.ndim == 5 else output)), None


@contextmanager
def _quiet(pipe: Any) -> Iterator[None]:
    """No progress bars in the log; afterwards the pipeline is as it was, on whatever device it was kept."""
    before = dict(getattr(pipe, "_progress_bar_config", {}))
    pipe.set_progress_bar_config(**{**before, "disable": True})
    try:
        yield
    finally:
        pipe.set_progress_bar_config(**before)
        pipe.maybe_free_model_hooks()  # a cancelled run never came to this, its last line
