"""The third video: made by the tiny pipeline, judged against the uncached clip, kept for later."""

from __future__ import annotations

import json

import pytest

from teacache.errors import RequestError, StoreError
from teacache.method.gate import Settings
from teacache.runs.request import Request
from tests.ui.conftest import trace
from ui.run import fewer_steps

STEPS = 6


@pytest.fixture
def run(engine):
    settings = Settings(threshold=0.3)
    request = Request(model="tiny", prompt="a red ball", steps=STEPS, seed=9, settings=settings)
    *_, last = engine.run(request, with_rivals=False)
    return last.stored


def test_it_has_as_many_steps_as_teacache_computed_and_is_the_third_lane(engine, run):
    *_, last = fewer_steps.screens(engine, run)
    value = last.player
    assert value["lanes"] == 3 and value["src"].endswith("third.mp4")
    assert value["third"]["steps"] == run.cached.computed_calls < STEPS
    assert value["third"]["psnr"] > 5 and value["third"]["seconds"] > 0
    frames = fewer_steps._frames(engine.library.file(run.run_id, "third.mp4"))
    both = fewer_steps._frames(run.stacked)
    assert frames.shape[2] * 2 == both.shape[2] * 3 and len(frames) == len(both)


def test_it_is_made_once(engine, run, monkeypatch):
    *_, first = fewer_steps.screens(engine, run)
    monkeypatch.setattr(engine, "work", lambda *_: pytest.fail("made twice"))
    (again,) = fewer_steps.screens(engine, run)
    assert again.player["third"] == first.player["third"]


@pytest.mark.parametrize("text", ["{", "[]", '{"steps": "many"}'])
def test_a_record_that_cannot_be_read_is_made_again_and_the_log_says_why(library, caplog, text):
    folder = library.extras("1-sample")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / fewer_steps.RECORD).write_text(text)
    assert fewer_steps.read(library, "1-sample") is None
    assert "the video of fewer steps of run 1-sample is made again" in caplog.text


def test_it_can_be_stopped_and_leaves_nothing(engine, run):
    screens = fewer_steps.screens(engine, run)
    next(screens)
    screens.close()
    assert fewer_steps.read(engine.library, run.run_id) is None
    with pytest.raises(StoreError, match="was not made yet"):
        engine.library.file(run.run_id, "third.mp4")


def test_an_uploaded_trace_has_nothing_to_set_it_beside(engine):
    run = engine.library.uploads.add(json.dumps(trace().to_json() | {"model": "tiny"}))
    with pytest.raises(RequestError, match="press Run"):
        next(fewer_steps.screens(engine, run))


def test_one_step_cannot_be_run_plainly(engine, run):
    from teacache.study.plain import same_time

    pipe = engine.models.get("tiny")
    lone = run.cached.with_records(run.cached.records[:1])
    with pytest.raises(RequestError, match="at least 2"):
        same_time(pipe, run.request, lone)
