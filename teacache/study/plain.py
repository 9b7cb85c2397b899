"""Without a cache, with only as many steps as were computed: the plain pipeline, video kept.

As rivals.py's `fewer_steps`, with its clip; it can be stopped before any call as well. Knows pipelines
through teacache.runs; knows nothing of pages or stores.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from teacache.errors import RequestError
from teacache.method.trace import Trace
from teacache.runs.comparison import Fidelity, Run, SoundFidelity
from teacache.runs.fidelity import judging
from teacache.runs.limits import STEPS
from teacache.runs.request import Request
from teacache.runs.sound import Sound
from teacache.study.clips import sampling
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
) -> Iterator[Plain | None]:
    """Run `request`, checked, with as many steps as the cached trace computed; the Plain comes last.

    Before it there is None at every call and once a second: closed there, it stops before the next call.
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
    earlier: Fidelity | SoundFidelity | None,
) -> Iterator[Plain | None]:
    run = yield from sampling(pipe, request.in_steps(steps))
    fidelity = earlier
    if fidelity is None:
        fidelity = yield from judging(run, reference or (yield from sampling(pipe, request)))
    yield Plain(
        steps=steps,
        calls=len(run.trace.records),
        seconds=run.timings.denoising,
        video=run.video,
        sound=run.sound,
        fidelity=fidelity,
    )
