"""Fidelity is found beside the thread that waits: there are states meanwhile, and it can be stopped."""

import threading
from importlib import import_module

import numpy as np
import pytest

from teacache.runs import compare, generate
from teacache.runs.fidelity import fidelity, judging
from teacache.study import rivals
from tests.runs import samples
from tests.runs.conftest import assert_clean

module = import_module("teacache.runs.fidelity")


@pytest.fixture
def held(monkeypatch):
    """Every frame waits for this."""
    release, measured = threading.Event(), module.ssim

    def slow(*frames):
        release.wait(60)
        return measured(*frames)

    monkeypatch.setattr(module, "ssim", slow)
    return release


def test_it_is_the_same_fidelity():
    comparison = samples.comparison()
    found = judging(comparison.uncached, comparison.cached, beat=60)
    with pytest.raises(StopIteration) as end:
        next(found)
    assert end.value.value == fidelity(samples.clip(0), samples.clip(1))


def test_a_comparison_gives_signs_of_life_while_its_clips_are_judged(pipe, request_, held, monkeypatch):
    monkeypatch.setattr(generate, "BEAT", 0.02)
    seen = []
    for state in compare(pipe, request_, preview_every=0):
        seen.append((state.phase, len(state.cached)))
        if seen.count(("decoding", request_.steps)) >= 20:
            held.set()
    assert held.is_set() and state.comparison is not None


def test_a_comparison_closed_while_its_clips_are_judged_stops_at_the_next_frame(pipe, request_, monkeypatch):
    monkeypatch.setattr(generate, "BEAT", 0.02)
    frames, begun, closing = [], threading.Event(), threading.Event()

    def slow(*_):
        frames.append(1)
        begun.set()
        closing.wait(60)
        return 0.5

    monkeypatch.setattr(module, "ssim", slow)
    states = compare(pipe, request_, preview_every=0)
    while not begun.is_set():
        next(states)
    threading.Timer(0.2, closing.set).start()  # closed meanwhile, it waits for this frame alone
    states.close()
    assert len(frames) == 1 and not [t for t in threading.enumerate() if t.name.startswith("teacache-beside")]
    assert_clean(pipe)


def test_the_rivals_give_signs_of_life_while_they_are_judged(held):
    run = samples.comparison().cached
    judged = rivals._judged("uniform", run, samples.comparison())
    assert next(judged) is None
    held.set()
    with pytest.raises(StopIteration) as end:
        while True:
            assert next(judged) is None
    assert np.isfinite(end.value.value.fidelity.psnr)
