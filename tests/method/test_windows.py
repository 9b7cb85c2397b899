"""The calls of one step that work on different parts of a video are told apart by their latents."""

import pytest
import torch

from teacache.method.cache import TeaCache
from teacache.method.windows import Windows
from tests import tiny

STEPS = 6


def noise(seed, frames=2):
    return torch.randn(1, 4, frames, 4, 4, generator=torch.Generator().manual_seed(seed))


TEXT = torch.randn(1, 8, 16, generator=torch.Generator().manual_seed(5))
PARTS = [noise(1), noise(2), noise(3)]


def latents(part, step):
    """What a window looks like at a step: noise that becomes less."""
    return part * (1 - step / STEPS)


def walk(order, contexts=("cond",)):
    """The windows that each step's calls are told to be, visiting PARTS as `order(step)` says."""
    windows, found = Windows(), []
    for step in range(STEPS):
        windows.enter_step()
        for part in order(step):
            found.append([windows.place(latents(PARTS[part], step), name) for name in contexts])
    return found


@pytest.mark.parametrize("contexts", [("cond",), ("cond", "uncond")])
@pytest.mark.parametrize(
    "order",
    [lambda step: (0, 1, 2), lambda step: (0, 1, 2) if step % 2 == 0 else (2, 0, 1)],
    ids=["in order", "in any order"],
)
def test_each_part_keeps_its_window(order, contexts):
    found = walk(order, contexts)
    wanted = [part for step in range(STEPS) for part in order(step)]
    assert [{window for window, _ in calls} for calls in found] == [{part} for part in wanted]
    assert all(caller.nth == 0 for calls in found for _, caller in calls)


def test_two_calls_without_a_name_on_the_same_latents_are_two_branches_of_one_window():
    assert walk(lambda step: (0,), (None, None)) == [[(0, (0, 0)), (0, (0, 1))]] * STEPS


def test_branches_without_a_name_are_told_apart_in_each_window():
    assert (
        walk(lambda step: (0, 1), (None, None))
        == [
            [(0, (0, 0)), (0, (0, 1))],
            [(1, (0, 0)), (1, (0, 1))],
        ]
        * STEPS
    )


def test_branches_without_a_name_are_told_apart_by_their_texts():
    """Also where the latents of each differ, as where Cosmos adds new noise to each, and where one pauses."""
    windows, numbers = Windows(), iter(range(20, 40))
    yes, no = noise(8), noise(9)
    for texts, wanted in (
        ([yes, no], [(0, 0), (1, 0)]),
        ([yes], [(0, 0)]),
        ([no, yes.clone()], [(1, 0), (0, 0)]),
    ):
        windows.enter_step()
        found = [windows.place(noise(next(numbers)), None, text) for text in texts]
        assert found == [(0, caller) for caller in wanted]


def test_a_second_call_with_the_same_text_is_a_branch_of_its_own():
    """Skip-layer guidance asks for the condition again, and may do so where the other branch pauses."""
    windows, yes, no = Windows(), noise(8), noise(9)
    for step, texts in enumerate(([yes, no, yes], [yes, yes])):
        windows.enter_step()
        found = [windows.place(latents(PARTS[0], step), None, text)[1] for text in texts]
        assert found == ([(0, 0), (1, 0), (0, 1)] if step == 0 else [(0, 0), (0, 1)])


def test_branches_may_come_after_all_windows():
    windows = Windows()
    for step in range(3):
        windows.enter_step()
        calls = [(part, name) for name in ("cond", "uncond") for part in (0, 1)]
        found = [windows.place(latents(PARTS[part], step), name) for part, name in calls]
        assert [window for window, _ in found] == [0, 1, 0, 1]


def test_a_window_that_moved_along_the_video_is_another_one():
    video = noise(7, frames=12)
    windows = Windows()
    seen = []
    for step in range(4):
        windows.enter_step()
        starts = (step, step + 4)  # two windows of four frames, one frame further at each step
        seen.append([windows.place(latents(video[:, :, s : s + 4], step), "cond")[0] for s in starts])
    assert len({window for step in seen for window in step}) == 8


def test_a_window_of_another_size_is_another_one():
    windows = Windows()
    windows.enter_step()
    first = [windows.place(noise(1, 2), "cond")[0], windows.place(noise(2, 3), "cond")[0]]
    windows.enter_step()
    second = [windows.place(noise(1, 2) * 0.9, "cond")[0], windows.place(noise(2, 3) * 0.9, "cond")[0]]
    assert first == second == [0, 1]


def test_what_the_last_step_left_out_is_forgotten():
    found = walk(lambda step: (0, 1) if step in (0, 1) else (0,) if step == 2 else (0, 1))
    assert [window for ((window, _),) in found[:8]] == [0, 1, 0, 1, 0, 0, 2, 0]


@torch.no_grad()
def denoise(pipe, order, *, step_the_scheduler=False):
    """An own loop over windows under one name; the outputs of each part, step by step."""
    outputs = {part: [] for part in order(0)}
    pipe.scheduler.set_timesteps(STEPS)
    for step, t in enumerate(pipe.scheduler.timesteps):
        for part in order(step):
            with pipe.transformer.cache_context("cond"):
                called = pipe.transformer(latents(PARTS[part], step), (t * 1).expand(1), TEXT)
                outputs[part].append(called[0])
        if step_the_scheduler:
            pipe.scheduler.step(outputs[0][-1], t, latents(PARTS[0], step))
    return outputs


@pytest.mark.parametrize("step_the_scheduler", [False, True])
@pytest.mark.parametrize(
    "order", [lambda step: (0, 1), lambda step: (1, 0) if step % 2 else (0, 1)], ids=["in order", "shuffled"]
)
def test_each_window_is_made_as_if_it_were_alone(order, step_the_scheduler):
    pipe = tiny.build("WanPipeline")
    with TeaCache(pipe, 1e9) as cache:
        together = denoise(pipe, order, step_the_scheduler=step_the_scheduler)
    assert [r.computed for r in cache.trace.records] == [True] * 2 + [False] * (2 * STEPS - 4) + [True] * 2
    assert {(r.window, r.branch) for r in cache.trace.records} == {(0, "cond"), (1, "cond")}
    for part in (0, 1):
        with TeaCache(pipe, 1e9):
            alone = denoise(pipe, lambda step, part=part: (part,))[part]
        assert all(torch.equal(a, b) for a, b in zip(together[part], alone, strict=True))
