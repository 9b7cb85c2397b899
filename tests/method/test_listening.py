"""A method is heard on one object, and nothing else about the object changes."""

import copy
import inspect
import pickle
from types import SimpleNamespace

import pytest
import torch
from diffusers import DDIMScheduler, FlowMatchEulerDiscreteScheduler, WanPipeline

from teacache.method.listening import listen
from teacache.models import load
from tests import tiny

SAMPLE = torch.zeros(1, 4)


@pytest.fixture
def scheduler():
    scheduler = FlowMatchEulerDiscreteScheduler()
    scheduler.set_timesteps(4)
    return scheduler


def step(scheduler):
    return scheduler.step(SAMPLE, scheduler.timesteps[0], SAMPLE)


def test_each_ear_hears_every_call_with_its_arguments_until_it_stops(scheduler):
    first, second = [], []
    stops = [
        listen(scheduler, "step", lambda output, t, sample, heard=heard: heard.append(t))
        for heard in (first, second)
    ]
    step(scheduler)
    stops[0]()
    step(scheduler)
    assert (first, second) == ([scheduler.timesteps[0]], [scheduler.timesteps[0]] * 2)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_object_is_of_its_own_class_again_when_the_last_ear_stops(scheduler, order):
    stops = [listen(scheduler, "step", lambda *_: None) for _ in range(2)]
    stops[order[0]]()
    assert type(scheduler) is not FlowMatchEulerDiscreteScheduler
    stops[order[1]]()
    assert type(scheduler) is FlowMatchEulerDiscreteScheduler


@pytest.mark.parametrize(
    "copied",
    [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))],
    ids=["copy", "deep", "file"],
)
def test_a_copy_is_an_ordinary_one_that_nobody_hears(scheduler, copied):
    heard = []
    listen(scheduler, "step", lambda *_: heard.append(1))
    twin = copied(scheduler)
    step(twin)
    assert type(twin) is FlowMatchEulerDiscreteScheduler
    assert (twin.step_index, scheduler.step_index, heard) == (1, None, [])


def test_another_made_by_its_class_is_heard_on_its_own(scheduler):
    heard = []
    stop = listen(scheduler, "step", lambda *_: heard.append("first"))
    second = type(scheduler).from_config(scheduler.config)
    second.set_timesteps(4)
    stop_second = listen(second, "step", lambda *_: heard.append("second"))
    step(second)
    assert heard == ["second"]
    stop(), stop_second()
    assert type(scheduler) is type(second) is FlowMatchEulerDiscreteScheduler


def test_name_signature_and_kind_stay(scheduler):
    plain = inspect.signature(scheduler.step)
    listen(scheduler, "step", lambda *_, **__: None)
    assert inspect.signature(scheduler.step) == plain
    assert isinstance(scheduler, FlowMatchEulerDiscreteScheduler)
    assert type(scheduler).__name__ == "FlowMatchEulerDiscreteScheduler"
    assert type(scheduler).__module__ == FlowMatchEulerDiscreteScheduler.__module__


def test_a_call_that_fails_is_heard_and_fails(scheduler):
    heard = []
    listen(scheduler, "step", lambda *_: heard.append(1))
    with pytest.raises(ValueError, match="integer indices"):
        scheduler.step(SAMPLE, 3, SAMPLE)
    assert heard == [1]


def test_a_pipeline_is_heard_saved_and_shared_as_ever(tmp_path):
    pipe = tiny.build("WanPipeline")
    heard = []
    stop = listen(pipe, "__call__", lambda **_: heard.append(1))
    pipe(**tiny.call_arguments(pipe, steps=2, guidance=1.0))
    pipe.save_pretrained(tmp_path)
    assert heard == [1]
    assert type(WanPipeline.from_pretrained(tmp_path)) is WanPipeline
    assert type(copy.deepcopy(pipe)) is WanPipeline
    assert type(WanPipeline.from_pipe(pipe)) is WanPipeline
    stop()
    assert type(pipe) is WanPipeline


@pytest.mark.parametrize("target", [None, object(), SimpleNamespace(step=print), DDIMScheduler()])
def test_what_cannot_be_heard_is_left_alone(target):
    kind = type(target)
    listen(target, "no_such_method", print)()
    assert type(target) is kind


@pytest.mark.parametrize(
    "again", [copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))], ids=["copy", "file"]
)
def test_a_pipeline_that_fills_in_its_cards_numbers_is_copied_as_one_while_it_is_heard(again):
    pipe = load("shapes")
    stop = listen(pipe, "__call__", lambda **_: None)
    assert type(again(pipe)) is type(pipe).__base__
    stop()
    assert type(again(pipe)) is type(pipe)
