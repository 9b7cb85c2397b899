"""Rivals cost as many computed calls as TeaCache did, from the same noise."""

from contextlib import closing

import numpy as np
import pytest

from teacache.method.gate import Settings
from teacache.runs import Request, compare, generate
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


def test_a_race_closed_while_a_call_is_made_makes_no_other_and_leaves_the_pipeline_free(
    pipe, comparison, monkeypatch
):
    calls, jobs, stream = [], [], generate.stream
    monkeypatch.setattr(generate, "stream", lambda job: jobs.append(job) or stream(job))

    def until_stopped(*_):
        calls.append(1)
        assert jobs[-1].stop.wait(60)

    handle = pipe.transformer.register_forward_pre_hook(until_stopped)
    try:
        with closing(racing(pipe, comparison)) as race:
            while not calls:
                assert next(race) is None
    finally:
        handle.remove()
    assert len(calls) == 1
    assert not generate.lock_of(pipe).locked()


def test_a_race_pauses_more_often_than_there_are_calls(pipe, comparison):
    states = list(racing(pipe, comparison))
    found = [state for state in states if state is not None]
    assert [rival.name for rival in found] == ["uniform", "fewer_steps"]
    assert len(states) - len(found) >= sum(rival.calls for rival in found)
