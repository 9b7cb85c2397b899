"""Which reused step hurts which frame: runs that reuse exactly one step each, judged frame by frame.

The residual of the step before is added again at that step; all other steps are computed. So a row shows what
this one reuse alone does to the clip. Knows pipelines through teacache.runs; knows nothing of pages or files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from teacache.errors import RequestError
from teacache.runs.adapters import checked
from teacache.runs.fidelity import psnr
from teacache.runs.request import Checked, Request
from teacache.study.clips import sampling
from teacache.study.schedules import fixed


@dataclass(frozen=True, kw_only=True)
class Row:
    """What reusing one step alone did to the clip."""

    step: int  # 0-based, the only one reused
    psnr: tuple[float, ...]  # dB, one per frame, against the uncached clip; 100 where identical


def steps_to_try(steps: int) -> tuple[int, ...]:
    """All steps that can be reused (not the first), coarse to fine: the map fills evenly from the start."""
    order: list[int] = []
    tried = {0}
    stride = 1 << max(0, steps - 1).bit_length()
    while stride:
        fresh = [step for step in range(stride, steps, stride) if step not in tried]
        order += fresh
        tried.update(fresh)
        stride //= 2
    return tuple(order)


def damage(
    pipe: Any,
    request: Request,
    *,
    reference: np.ndarray | None = None,
    steps: tuple[int, ...] | None = None,
) -> Iterator[Row | None]:
    """Run `request` once for every step in `steps` (default: all), reusing only that step; yield its Row.

    `reference` is the uncached clip (F, H, W, 3) uint8, which is run first if it is not given. Between rows
    comes None at every call and at least once a second: closed there, the run stops before its next call.
    Raises RequestError at once for a request that cannot be run or a step that cannot be reused, and whatever
    a run raises while it is iterated.
    """
    request = checked(pipe, request)
    if request.seconds is not None:
        raise RequestError(
            "The damage map compares frames, and a sound has none: choose a model of pictures."
        )
    wanted = steps_to_try(request.steps) if steps is None else steps
    for step in wanted:
        if not 1 <= step < request.steps:
            raise RequestError(
                "Step {step} cannot be reused: choose from 1 to {last}.", step=step, last=request.steps - 1
            )
    return _rows(pipe, request, wanted, reference)


def _rows(
    pipe: Any, request: Checked, steps: tuple[int, ...], reference: np.ndarray | None
) -> Iterator[Row | None]:
    if reference is None:
        run = yield from sampling(pipe, request)
        reference = run.video
    for step in steps:
        schedule = tuple(other != step for other in range(request.steps))
        run = yield from sampling(pipe, request, fixed(schedule))
        frames = zip(run.video / 255.0, reference / 255.0, strict=True)
        yield Row(step=step, psnr=tuple(psnr(ours, theirs) for ours, theirs in frames))
