"""Rivals cost as many computed calls as TeaCache did, from the same noise."""

import time
from contextlib import closing

import numpy as np
import pytest

from teacache.method.gate import Settings
from teacache.runs import Request, compare
from teacache.runs.generate import lock_of
from teacache.study.rivals import computed_steps, equal_cost, fewer_steps, racing, uniform_reuse
from teacache.study.schedules import uniform


@pytest.fixture(scope="module")
def comparison(pipe):
    request = Request(
        model=pipe.teacache_card.name,
        prompt="a red ball",
        seed=3,
        steps=8,
        guidance_scale=3.0,
        settings=Settings(threshold=0.3),
    )
    *_, last = compare(pipe, request, preview_every=0)
    return last.comparison


def test_every_rival_computes_as_many_calls_as_teacache(pipe, comparison):
    computed = comparison.cached.trace.computed_calls
    assert 2 <= computed < 8
    rivals = {rival.name: rival for rival in equal_cost(pipe, comparison)}
    assert set(rivals) == {"uniform", "fewer_steps"}
    assert all(rival.computed_calls == computed for rival in rivals.values())
    assert rivals["uniform"].calls == 8 and rivals["fewer_steps"].calls == computed
    assert all(rival.seconds > 0 and np.isfinite(rival.fidelity.psnr) for rival in rivals.values())


def test_a_rival_with_all_steps_is_the_uncached_clip(pipe, comparison):

    for run in (uniform_reuse, fewer_steps):
        again = run(pipe, comparison.request, 8)
        assert (again.video == comparison.uncached.video).all()


def test_uniform_reuse_follows_its_schedule(pipe, comparison):

    assert uniform_reuse(pipe, comparison.request, 3).trace.schedule == uniform(8, 3)


def test_calls_of_several_branches_are_counted_as_steps(comparison):
    trace = comparison.uncached.trace
    assert computed_steps(trace) == 8
    doubled = trace.with_records(tuple(record for record in trace.records for _ in range(2)))
    assert computed_steps(doubled) == 8


def test_a_race_can_be_stopped_at_every_call(pipe, comparison):
    calls = []

    def slowly(*_):
        calls.append(1)
        time.sleep(0.05)

    handle = pipe.transformer.register_forward_pre_hook(slowly)
    try:
        with closing(racing(pipe, comparison)) as race:
            assert next(race) is None
    finally:
        handle.remove()
    assert len(calls) < comparison.request.steps
    assert not lock_of(pipe).locked()


def test_a_race_pauses_more_often_than_there_are_calls(pipe, comparison):
    states = list(racing(pipe, comparison))
    found = [state for state in states if state is not None]
    assert [rival.name for rival in found] == ["uniform", "fewer_steps"]
    assert len(states) - len(found) >= sum(rival.calls for rival in found)
