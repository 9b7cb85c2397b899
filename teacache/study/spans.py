"""The error of each span, measured: reuse this span alone, run on to the end, compare the final latents.

LeMiCa's bank (arXiv 2511.00090, section 3.2). It costs about N * N * longest / 2 computed steps a prompt, so
a large model is better served by profile.py. Knows a loop; nothing of paths.
"""

from __future__ import annotations

from collections.abc import Generator

import numpy as np

from teacache.study.loop import Loop
from teacache.study.schedules import Schedule
from teacache.study.walk import Reuse, walk


def spans_of(steps: int, longest: int) -> dict[Schedule, tuple[int, int]]:
    """Schedules that compute all but one span, and that span (i, j): the steps between i and j are reused,
    at most `longest` of them; j = steps is the end.
    """
    ends = [(i, j) for i in range(steps) for j in range(i + 2, min(steps, i + 1 + longest) + 1)]
    return {tuple(not i < step < j for step in range(steps)): (i, j) for i, j in ends}


def measured(loop: Loop, reuse: Reuse, *, longest: int, batch: int = 1) -> Generator[None, None, np.ndarray]:
    """(N + 1, N + 1): root mean squared error of the final latents by span; inf beyond `longest`.

    A pause after every computed step: closed there, it stops.
    """
    spans = spans_of(loop.steps, longest)
    errors = np.full((loop.steps + 1,) * 2, np.inf)
    for step in range(loop.steps):
        errors[step, step + 1] = 0.0
    for done in walk(loop, list(spans), reuse, batch=batch):
        if done is None:
            yield
        else:
            errors[spans[done[0]]] = float((done[1] - loop.final).float().pow(2).mean().sqrt())
    return errors
