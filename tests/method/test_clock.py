"""Runs, steps and branches are told apart without trusting the caller."""

from types import SimpleNamespace

import pytest
import torch
from diffusers import DDIMScheduler, HeunDiscreteScheduler, PNDMScheduler

from teacache.method.clock import Clock

TWINS = torch.zeros(2, 4)  # both halves of the batch hold the same latents
OTHERS = torch.arange(8.0).reshape(2, 4)


def scheduled(scheduler, steps):
    scheduler.set_timesteps(steps)
    return scheduler


def clock_of(scheduler, **more):
    return Clock(SimpleNamespace(scheduler=scheduler), **more)


def stepping(scheduler):
    """The timesteps of a loop that steps its scheduler after the calls of each."""
    sample = torch.zeros(2, 4)
    for t in scheduler.timesteps:
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
