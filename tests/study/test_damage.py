"""The damage map: runs that reuse one step each, judged frame by frame."""

from __future__ import annotations

from contextlib import closing

import pytest

from teacache.errors import RequestError
from teacache.runs import Request, generate
from teacache.runs.adapters import checked
from teacache.runs.fidelity import fidelity
from teacache.study.clips import sample
from teacache.study.damage import Row, damage, steps_to_try
from teacache.study.schedules import fixed
from tests import tiny

STEPS = 5


@pytest.fixture(scope="module")
def request_(pipe):
    asked = Request(
        model=pipe.teacache_card.name, prompt="a red ball", seed=3, steps=STEPS, guidance_scale=3.0
    )
    return checked(pipe, asked)


@pytest.mark.parametrize("steps", [2, 3, 6, 8, 9, 50, 100])
def test_every_step_but_the_first_is_tried_once(steps):
    tried = steps_to_try(steps)
    assert sorted(tried) == list(range(1, steps))


def test_the_map_fills_from_coarse_to_fine():
    assert steps_to_try(9)[:3] == (8, 4, 2)


def test_a_row_is_the_run_that_reuses_that_step_alone(pipe, request_):
    rows = [row for row in damage(pipe, request_, steps=(2,)) if row is not None]
    reference = sample(pipe, request_)
    alone = sample(pipe, request_, fixed((True, True, False, True, True)))
    assert [call.computed for call in alone.trace.records] == [True, True, False, True, True]
    assert rows[0].step == 2
    assert rows[0].psnr == pytest.approx(fidelity(alone.video, reference.video).psnr_frames)


def test_all_rows_come_with_a_pause_at_every_call(pipe, request_):
    reference = sample(pipe, request_).video
    states = list(damage(pipe, request_, reference=reference))
    rows = [state for state in states if isinstance(state, Row)]
    assert {row.step for row in rows} == {1, 2, 3, 4}
    assert {len(row.psnr) for row in rows} == {len(reference)}
    assert len(states) - len(rows) >= STEPS * len(rows)


def test_closed_while_a_call_is_made_it_makes_no_other_and_leaves_the_pipeline_free(
    pipe, request_, monkeypatch
):
    calls, jobs, stream = [], [], generate.stream
    monkeypatch.setattr(generate, "stream", lambda job: jobs.append(job) or stream(job))

    def until_stopped(*_):
        calls.append(1)
        assert jobs[-1].stop.wait(60)

    with closing(damage(pipe, request_)) as found:
        handle = pipe.transformer.register_forward_pre_hook(until_stopped)
        while not calls:
            next(found)
    handle.remove()
    assert len(calls) == 1
    assert not generate.lock_of(pipe).locked()


@pytest.mark.parametrize("step", [0, STEPS])
def test_a_step_that_cannot_be_reused_is_refused_at_once(pipe, request_, step):
    with pytest.raises(RequestError, match="cannot be reused"):
        damage(pipe, request_, steps=(step,))


def test_a_sound_has_no_frames_to_compare():
    with pytest.raises(RequestError, match="a sound has none"):
        damage(tiny.build("TangoFluxPipeline"), Request(prompt=tiny.PROMPT, steps=STEPS, seconds=0.5))
