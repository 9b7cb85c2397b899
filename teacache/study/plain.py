"""What the same time would have bought without a cache: the plain pipeline with fewer steps, video kept.

As rivals.py's `fewer_steps`, but told as events, so that it can be stopped before any call. Knows pipelines
through teacache.runs; knows nothing of pages or stores.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from teacache.errors import RequestError
from teacache.method.trace import Trace
from teacache.runs.comparison import Fidelity, Run, SoundFidelity
from teacache.runs.events import Beat, Event, Finished
from teacache.runs.fidelity import judging
from teacache.runs.generate import generate
from teacache.runs.request import STEPS, Request
from teacache.runs.sound import Sound
from teacache.study.clips import OFF
from teacache.study.rivals import computed_steps


@dataclass(frozen=True, kw_only=True, eq=False)
class Plain:
    """An uncached run with as many steps as TeaCache computed."""

    steps: int
    calls: int
    seconds: float  # denoising
    video: np.ndarray  # (F, H, W, 3) uint8
    sound: Sound | None
    fidelity: Fidelity | SoundFidelity  # against the uncached run with all steps


def same_time(
    pipe: Any,
    request: Request,
    cached: Trace,
    *,
    reference: Run | None = None,
    known: Fidelity | SoundFidelity | None = None,
) -> Iterator[Event | Plain]:
    """Run `request`, checked, with as many steps as the cached trace computed; the Plain comes last.

    It is judged against `reference`, the uncached run, which is made again if it is not given; `known` is a
    fidelity that needs no judging. Raises RequestError at once if TeaCache computed fewer steps than a run
    can have, and whatever a run raises.
    """
    steps = computed_steps(cached)
    if steps < STEPS[0]:
        raise RequestError(
            "TeaCache computed {steps} step here, but a plain run needs at least {least}.",
            steps=steps,
            least=STEPS[0],
        )
    return _same_time(pipe, request, steps, reference, known)


def _same_time(
    pipe: Any,
    request: Request,
    steps: int,
    reference: Run | None,
    known: Fidelity | SoundFidelity | None,
) -> Iterator[Event | Plain]:
    run = yield from _finished(pipe, replace(request, steps=steps))
    if known is None and reference is None:
        reference = yield from _finished(pipe, request)
    found = known or (yield from judging(run, reference, sign=Beat))
    yield Plain(
        steps=steps,
        calls=len(run.trace.records),
        seconds=run.timings.denoising,
        video=run.video,
        sound=run.sound,
        fidelity=found,
    )


def _finished(pipe: Any, request: Request) -> Generator[Event, None, Run]:
    with closing(generate(pipe, request, settings=OFF, preview_every=0)) as events:
        for event in events:
            if isinstance(event, Finished):
                return event.run
            yield event
    raise AssertionError("a run ends with Finished or raises")
