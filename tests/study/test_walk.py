"""Schedules that are run together end where the pipeline ends with each of them, bit for bit."""

from dataclasses import replace

import pytest
import torch
from diffusers import DDPMScheduler, DPMSolverMultistepScheduler

from teacache.errors import RequestError
from teacache.method.cache import TeaCache
from teacache.method.gate import Settings
from teacache.runs.request import Request
from teacache.study.clips import last, sample
from teacache.study.loop import run, taken_apart
from teacache.study.schedules import uniform
from teacache.study.walk import Reuse, cost, gated, taking_apart, walk

STEPS = 6
REQUEST = Request(prompt="a red ball", steps=STEPS, seed=3)
SCHEDULES = [uniform(STEPS, 3), uniform(STEPS, 4), (True, True, False, False, True, False)]
WAYS = [Reuse(kept=kept, order=order) for kept in ("residual", "output") for order in (0, 1)]


def ends(pipe, reuse, request=REQUEST, **options):
    with taking_apart(pipe) as held:
        loop = taken_apart(pipe, request, held)
        return loop, {s[0]: s[1] for s in walk(loop, SCHEDULES, reuse, **options) if s is not None}


def of_the_pipeline(pipe, loop, settings):
    with torch.no_grad(), TeaCache(pipe, settings=settings):
        return run(pipe, loop.request, output_type="latent")


@pytest.mark.parametrize("reuse", WAYS, ids=lambda reuse: reuse.name)
def test_every_schedule_ends_where_the_pipeline_does(pipe, reuse):
    loop, found = ends(pipe, reuse)
    for schedule in SCHEDULES:
        settings = reuse.settings(schedule)
        assert torch.equal(found[schedule], of_the_pipeline(pipe, loop, settings))


def test_the_ways_to_reuse_differ(pipe):
    clips = [ends(pipe, reuse)[1][SCHEDULES[0]] for reuse in WAYS]
    assert all(not torch.equal(a, b) for i, a in enumerate(clips) for b in clips[:i])


def test_a_batch_changes_no_more_than_rounding(pipe):
    alone, together = ends(pipe, Reuse())[1], ends(pipe, Reuse(), batch=3)[1]
    for schedule in SCHEDULES:
        torch.testing.assert_close(alone[schedule], together[schedule], rtol=1e-4, atol=1e-5)


def test_a_scheduler_that_looks_back_has_its_memory_in_every_branch(pipe):
    before = pipe.scheduler
    pipe.scheduler = DPMSolverMultistepScheduler(solver_order=2)
    try:
        loop, found = ends(pipe, Reuse())
        for schedule in SCHEDULES:
            settings = Settings(threshold=1.0, schedule=schedule)
            assert torch.equal(found[schedule], of_the_pipeline(pipe, loop, settings))
    finally:
        pipe.scheduler = before


def test_what_begins_alike_is_computed_once(pipe):
    schedules = [(True, True, True, False), (True, True, False, True)]
    assert cost(schedules) == 2 + 1 + 1
    with taking_apart(pipe) as held:
        loop = taken_apart(pipe, replace(REQUEST, steps=4), held)
        assert sum(found is None for found in walk(loop, schedules, Reuse())) == cost(schedules)


def test_the_clip_is_the_pipelines_own(pipe):
    request = replace(REQUEST, steps=3)
    with taking_apart(pipe) as held:
        loop = taken_apart(pipe, request, held)
        clip = loop.decode(loop.final)
    assert (clip == sample(pipe, loop.request).video).all()


def test_steps_that_draw_noise_are_refused(pipe):
    before = pipe.scheduler
    pipe.scheduler = DDPMScheduler()
    try:
        with taking_apart(pipe) as held, pytest.raises(RequestError, match="without noise of its own"):
            taken_apart(pipe, REQUEST, held)
    finally:
        pipe.scheduler = before


def test_nothing_stays_on_the_pipeline(pipe):
    bar = dict(getattr(pipe, "_progress_bar_config", {}))
    ends(pipe, Reuse())
    assert "_diffusers_hook" not in vars(pipe.transformer) or not pipe.transformer._diffusers_hook.hooks
    assert getattr(pipe, "_progress_bar_config", {}) == bar


def test_the_gate_decides_and_ends_as_teacache_on_the_pipeline(pipe):
    settings = Settings(threshold=1.0)
    with taking_apart(pipe) as held:
        loop = taken_apart(pipe, REQUEST, held, keep=3)
        schedule, node = last(gated(loop, settings, Reuse()))
    with torch.no_grad(), TeaCache(pipe, settings=settings) as cache:
        latents = run(pipe, loop.request, output_type="latent")
    assert schedule == cache.trace.schedule
    assert 1 < sum(schedule) < STEPS
    assert torch.equal(node.state.latents, latents)


def test_what_the_uncached_run_computed_is_not_computed_again(pipe, monkeypatch):
    schedules = [(True, True, True, False), (True, True, False, True)]
    with taking_apart(pipe) as held:
        loop = taken_apart(pipe, replace(REQUEST, steps=4), held, keep=2)
        calls = []
        plain = type(loop).compute
        monkeypatch.setattr(type(loop), "compute", lambda *a: calls.append(a[1]) or plain(*a))
        kept = dict(found for found in walk(loop, schedules, Reuse()) if found)
        assert calls == [2, 3]
        again = taken_apart(pipe, loop.request, held)
        fresh = dict(found for found in walk(again, schedules, Reuse()) if found)
    assert all(torch.equal(kept[schedule], fresh[schedule]) for schedule in schedules)
