"""Runs, steps and branches are told apart without trusting the caller."""

from types import SimpleNamespace

import pytest
import torch
from diffusers import DDIMScheduler, FlowMatchEulerDiscreteScheduler, HeunDiscreteScheduler, PNDMScheduler
from diffusers.schedulers import LTXEulerAncestralRFScheduler

from teacache.method.cache import TeaCache
from teacache.method.clock import Clock
from tests import tiny

TWINS = torch.zeros(2, 4)  # both halves of the batch hold the same latents
OTHERS = torch.arange(8.0).reshape(2, 4)


def scheduled(scheduler, steps):
    scheduler.set_timesteps(steps)
    return scheduler


def clock_of(scheduler, **more):
    return Clock(SimpleNamespace(scheduler=scheduler), **more)


def stepping(scheduler, since=0):
    """The timesteps of a loop that steps its scheduler after the calls of each."""
    sample = torch.zeros(2, 4)
    for t in scheduler.timesteps[since:]:
        yield t
        sample = scheduler.step(torch.ones(2, 4), t, sample).prev_sample


def as_view(t):
    return t[None].expand(2)  # what the Latte pipeline does


def as_copy(t):
    return (t * 1).expand(2)  # what pipelines with another dtype or scale do


def steps_of(clock, calls):
    return [(tick.step, tick.branch) for tick in calls]


@pytest.mark.parametrize("given", [as_view, as_copy])
@pytest.mark.parametrize("kind", [DDIMScheduler, PNDMScheduler, HeunDiscreteScheduler])
def test_one_call_a_step_even_where_the_schedule_repeats_timesteps(kind, given):
    scheduler = scheduled(kind(), 6)
    clock = clock_of(scheduler)
    ticks = [clock.tick(TWINS, given(t)) for t in stepping(scheduler)]
    assert [t.step for t in ticks] == list(range(len(scheduler.timesteps)))
    assert {t.branch for t in ticks} == {"batched"}
    assert {t.steps for t in ticks} == {len(scheduler.timesteps)}
    assert [t.timestep for t in ticks] == scheduler.timesteps.tolist()
    assert {(t.clip, t.run) for t in ticks} == {(1, 0)}


def test_pndm_really_repeats():
    assert len(set(scheduled(PNDMScheduler(), 6).timesteps.tolist())) < len(
        scheduled(PNDMScheduler(), 6).timesteps
    )


@pytest.mark.parametrize("given", [as_view, as_copy])
@pytest.mark.parametrize("kind", [DDIMScheduler, PNDMScheduler, HeunDiscreteScheduler])
def test_two_calls_a_step_without_a_context(kind, given):
    scheduler = scheduled(kind(), 4)
    clock = clock_of(scheduler)
    ticks = [clock.tick(OTHERS, given(t)) for t in stepping(scheduler) for _ in range(2)]
    wanted = [(step, name) for step in range(len(scheduler.timesteps)) for name in ("call0", "call1")]
    assert steps_of(clock, ticks) == wanted
    assert [t.call for t in ticks] == list(range(len(ticks)))


@pytest.mark.parametrize("given", [as_view, as_copy])
def test_branches_by_context(given):
    scheduler = scheduled(PNDMScheduler(), 4)
    clock = clock_of(scheduler)
    ticks = [clock.tick(OTHERS, given(t), name) for t in stepping(scheduler) for name in ("cond", "uncond")]
    wanted = [(step, name) for step in range(len(scheduler.timesteps)) for name in ("cond", "uncond")]
    assert steps_of(clock, ticks) == wanted
    assert [t.timestep for t in ticks[::2]] == scheduler.timesteps.tolist()


@pytest.mark.parametrize(
    "guided, latents, context, name",
    [
        (None, TWINS, None, "batched"),
        (True, TWINS, None, "batched"),
        (True, OTHERS, None, "call0"),
        (True, TWINS[:1], None, "call0"),
        (None, OTHERS, None, "call0"),
        (False, TWINS, None, "cond"),  # two prompts from one seed
        (False, OTHERS[:1], None, "cond"),
        (True, OTHERS, "cond_uncond", "batched"),
        (False, OTHERS, "cond_uncond", "cond"),
        (True, OTHERS, "uncond", "uncond"),
    ],
)
def test_the_name_of_a_lone_call(guided, latents, context, name):
    scheduler = scheduled(DDIMScheduler(), 3)
    clock = clock_of(scheduler, guided=lambda: guided)
    ticks = [clock.tick(latents, as_view(t), context) for t in scheduler.timesteps]
    assert [t.branch for t in ticks] == [name] * 3


@pytest.mark.parametrize("given", [as_view, as_copy])
@pytest.mark.parametrize("done", [1, 2, 4])
def test_new_timesteps_begin_a_new_run_wherever_the_old_one_stopped(given, done):
    scheduler = scheduled(DDIMScheduler(), 4)
    clock = clock_of(scheduler)
    for t in scheduler.timesteps[:done]:
        clock.tick(TWINS, given(t))
    scheduler.set_timesteps(4)
    tick = clock.tick(TWINS, given(scheduler.timesteps[0]))
    assert (tick.run, tick.step, tick.steps_before) == (1, 0, done)


@pytest.mark.parametrize(
    "given, context, done",
    [
        (as_view, None, 2), (as_view, None, 4), (as_view, "cond", 2), (as_view, "cond", 4),
        (as_copy, None, 2), (as_copy, None, 4),
        (as_copy, "cond", 4),  # past the end; from a name alone an earlier return cannot be seen
    ],
)  # fmt: skip
def test_time_that_goes_back_begins_a_new_run(given, context, done):
    scheduler = scheduled(DDIMScheduler(), 4)
    clock = clock_of(scheduler)
    for t in scheduler.timesteps[:done]:
        clock.tick(TWINS, given(t), context)
    tick = clock.tick(TWINS, given(scheduler.timesteps[0]), context)
    assert (tick.run, tick.step, tick.steps_before) == (1, 0, done)


def test_the_pipelines_reset_begins_a_new_run():
    scheduler = scheduled(DDIMScheduler(), 4)
    clock = clock_of(scheduler)
    clock.tick(TWINS, as_view(scheduler.timesteps[0]))
    clock.end_run()
    assert clock.tick(TWINS, as_view(scheduler.timesteps[0])).run == 1


@pytest.mark.parametrize("given", [as_view, as_copy])
def test_a_run_that_begins_late_in_the_schedule_counts_from_its_own_start(given):
    scheduler = scheduled(DDIMScheduler(), 6)
    clock = clock_of(scheduler)
    ticks = [clock.tick(TWINS, given(t)) for t in scheduler.timesteps[2:]]
    assert [t.step for t in ticks] == [0, 1, 2, 3]
    assert {t.steps for t in ticks} == {4}
    assert [t.timestep for t in ticks] == scheduler.timesteps[2:].tolist()


def test_without_a_schedule_steps_are_counted_and_none_is_the_last():
    clock = clock_of(None)
    ticks = [clock.tick(TWINS, t) for t in (1.0, 0.5, 0.5, 0.25)]
    assert [(t.step, t.steps, t.timestep) for t in ticks] == [
        (0, None, 1.0), (1, None, 0.5), (1, None, 0.5), (2, None, 0.25),
    ]  # fmt: skip
    assert ticks[2].branch == "call1"
    assert clock.tick(TWINS, 1.0).run == 1
    assert clock_of(SimpleNamespace(timesteps=None)).tick(TWINS, torch.tensor([3])).steps is None


def test_a_place_in_the_schedule_is_found_without_reading_the_timestep():
    class Unreadable(torch.Tensor):
        def __float__(self):
            raise AssertionError("read")

        def tolist(self):
            raise AssertionError("read")

    scheduler = scheduled(DDIMScheduler(), 3)
    clock = clock_of(scheduler)
    for t in scheduler.timesteps:
        clock.tick(TWINS, as_view(t).as_subclass(Unreadable))
    assert clock.steps(1) == (3,)


def flow(steps, **more):
    return scheduled(FlowMatchEulerDiscreteScheduler(**more), steps)


def rounded(t):
    return (t / 1000).bfloat16().expand(2)  # as models of pictures are given it


def test_timesteps_that_round_to_one_value_are_steps_of_their_own():
    scheduler = flow(steps := 400)
    assert len({float(rounded(t)[0]) for t in scheduler.timesteps}) < steps
    clock = clock_of(scheduler)
    ticks = [clock.tick(OTHERS, rounded(t)) for t in stepping(scheduler) for _ in range(2)]
    assert steps_of(clock, ticks) == [(step, name) for step in range(steps) for name in ("call0", "call1")]
    assert [t.timestep for t in ticks[::2]] == scheduler.timesteps.tolist()


def test_a_run_that_the_scheduler_was_told_to_begin_late():
    scheduler = flow(10)
    scheduler.set_begin_index(6)
    clock = clock_of(scheduler)
    ticks = [clock.tick(TWINS, rounded(t)) for t in stepping(scheduler, since=6)]
    assert [(t.step, t.steps) for t in ticks] == [(0, 4), (1, 4), (2, 4), (3, 4)]
    assert [t.timestep for t in ticks] == scheduler.timesteps[6:].tolist()


def test_where_nobody_said_where_it_begins_the_first_step_does():
    scheduler = flow(10)
    clock = clock_of(scheduler)
    ticks = [clock.tick(TWINS, rounded(t)) for t in stepping(scheduler, since=6)]
    assert [(t.step, t.steps) for t in ticks[1:]] == [(1, 4), (2, 4), (3, 4)]


def test_the_loop_that_the_pipeline_shows_in_its_progress_bar_is_as_long_as_it_says():
    pipe = tiny.build("WanPipeline")
    pipe.scheduler = flow(8)
    clock = Clock(pipe)
    clock.listen()
    ticks = [clock.tick(TWINS, t.expand(2)) for t in pipe.progress_bar(pipe.scheduler.timesteps[:-1])]
    assert {t.steps for t in ticks} == {7}
    pipe.progress_bar(total=12)  # more rows than the schedule has, as where every frame has its own timestep
    clock.end_run()
    assert clock.tick(TWINS, pipe.scheduler.timesteps[0]).steps == 12
    pipe.progress_bar(total=4)  # may count every second step
    clock.end_run()
    assert clock.tick(TWINS, pipe.scheduler.timesteps[0]).steps == 8


def test_a_noise_level_of_zero_at_the_end_is_no_step():
    scheduler = LTXEulerAncestralRFScheduler()
    scheduler.set_timesteps(sigmas=[1.0, 0.7, 0.3, 0.0])
    assert len(scheduler.timesteps) == 4
    assert clock_of(scheduler).tick(TWINS, scheduler.timesteps[0]).steps == 3


def test_the_scheduler_that_the_pipeline_has_now_counts():
    pipe = SimpleNamespace(scheduler=flow(4))
    clock = Clock(pipe)
    pipe.scheduler = flow(6, shift=5.0)
    ticks = [clock.tick(TWINS, rounded(t)) for t in stepping(pipe.scheduler)]
    assert [(t.step, t.steps, t.run) for t in ticks] == [(step, 6, 0) for step in range(6)]
    assert [t.timestep for t in ticks] == pipe.scheduler.timesteps.tolist()


def test_frames_of_different_noise_are_one_step_until_one_of_them_changes():
    """Diffusion forcing: a row of timesteps, one a frame, and copies of the scheduler that step."""
    clock = clock_of(flow(3))
    rows = [[1000.0, 1000.0], [667.0, 1000.0], [667.0, 1000.0], [333.0, 667.0]]
    ticks = [clock.tick(TWINS, torch.tensor([row])) for row in rows]
    assert [(t.step, t.branch) for t in ticks] == [
        (0, "batched"),
        (1, "batched"),
        (1, "call1"),
        (2, "batched"),
    ]
    assert [t.timestep for t in ticks] == [1000.0, 1000.0, 1000.0, 667.0]


def test_two_steps_of_the_scheduler_after_one_call_are_one_step():
    """Cosmos asks its scheduler twice: for the clean sample, and to step."""
    scheduler = flow(5)
    clock, sample = clock_of(scheduler), torch.zeros(2, 4)
    ticks = []
    for t in scheduler.timesteps:
        ticks.append(clock.tick(TWINS, rounded(t)))
        scheduler.step(sample, t, sample)
        scheduler._step_index -= 1
        sample = scheduler.step(sample, t, sample).prev_sample
    assert [(t.step, t.steps) for t in ticks] == [(step, 5) for step in range(5)]


@pytest.mark.parametrize("classes_end_their_run", [True, False])
def test_each_call_of_the_pipeline_is_a_clip(classes_end_their_run):
    pipe = tiny.build("WanPipeline" if classes_end_their_run else "Lumina2Pipeline")
    with TeaCache(pipe, 1e9) as cache:
        for steps in (3, 5):
            pipe(**tiny.call_arguments(pipe, steps=steps, guidance=1.0))
    assert [(t.steps, t.run_steps, len(t.records)) for t in cache.traces] == [(3, (3,), 3), (5, (5,), 5)]
    assert cache.trace == cache.traces[-1]
    assert [t.records[-1].reason for t in cache.traces] == ["last", "last"]


@pytest.mark.parametrize("scheduler", [DDIMScheduler(), FlowMatchEulerDiscreteScheduler()])
def test_a_run_is_over_when_its_last_step_was_made(scheduler):
    clock, over = clock_of(scheduled(scheduler, 3)), []
    clock.when_over.append(lambda: over.append(ticks[-1].step))
    ticks = []
    for t in stepping(scheduler):
        ticks.append(clock.tick(TWINS, as_copy(t)))
        assert over == []
    assert over == [2]


def test_branches_of_other_batches_are_in_one_step_before_the_scheduler_ever_stepped():
    """LTX-2 asks for both branches in one call, and for the perturbed condition alone."""
    scheduler = flow(3)
    clock = clock_of(scheduler)
    calls = (("cond_uncond", 2), ("uncond_stg", 1))
    ticks = [clock.tick(TWINS[:n], (t * 1).expand(n), name) for t in stepping(scheduler) for name, n in calls]
    assert [t.step for t in ticks] == [0, 0, 1, 1, 2, 2]


def test_a_loop_that_leaves_out_the_first_steps_of_what_it_shows_ends_where_it_shows():
    pipe = SimpleBarred(scheduler=flow(8))
    clock = Clock(pipe)
    clock.listen()
    bar = pipe.progress_bar(pipe.scheduler.timesteps[:-1])
    ticks = [clock.tick(TWINS, (t * 1).expand(2)) for t in bar[3:]]
    assert [(t.step, t.steps) for t in ticks] == [(0, 4), (1, 4), (2, 4), (3, 4)]


class SimpleBarred(SimpleNamespace):
    def progress_bar(self, iterable):
        return iterable
