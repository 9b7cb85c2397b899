"""Two pipelines compared at the same moment, uncached runs kept in one place: each bit for bit as alone."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from teacache.method.gate import Settings
from teacache.runs import Baselines, Request, compare
from tests import tiny
from tests.runs.running import inside_forward

PATIENCE = 60.0  # seconds
SETTINGS = (
    Settings(threshold=1, schedule=(True, False, True, False, True)),
    Settings(threshold=1, schedule=(True, True, False, False, True)),
)


@pytest.fixture(scope="module")
def pipes():
    """Of two classes: one with its calls of guidance apart, one with them in a batch."""
    return tiny.build("WanPipeline"), tiny.build("LTXPipeline")


def made(pipe, settings, kept):
    """A comparison's two videos and the trace's schedule."""
    asked = Request(
        prompt=tiny.PROMPT, seed=4, steps=len(settings.schedule), guidance_scale=3.0, settings=settings,
        frames=tiny.frames_of(pipe), height=tiny.SIDE, width=tiny.SIDE,
    )  # fmt: skip
    last = list(compare(pipe, asked, baselines=kept, preview_every=0))[-1].comparison
    return last.uncached.video, last.cached.video, last.cached.trace.schedule


def test_two_comparisons_at_the_same_moment_are_those_of_each_alone(pipes):
    alone = [made(pipe, settings, Baselines()) for pipe, settings in zip(pipes, SETTINGS, strict=True)]
    meeting, met, kept = threading.Barrier(2, timeout=PATIENCE), [], Baselines()
    together = [None, None]

    def meet(call):
        if call < 10:  # of twenty and of ten: so long both are within a call at once
            met.append(meeting.wait())

    def work(number):
        together[number] = made(pipes[number], SETTINGS[number], kept)

    threads = [threading.Thread(target=work, args=(number,)) for number in (0, 1)]
    with inside_forward(pipes[0], meet), inside_forward(pipes[1], meet):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(met) == 2 * 10 and len(kept) == 2
    for one, other in zip(alone, together, strict=True):
        assert one[2] == other[2] and all(map(np.array_equal, one[:2], other[:2]))
