"""What happens once per process happens before the clock runs, and once only."""

import time

import pytest
import torch

from teacache.errors import Cancelled
from teacache.method.gate import Settings
from teacache.runs import Request, compare
from teacache.runs.adapters import checked
from teacache.runs.events import Called, Finished, Started, Warming
from teacache.runs.generate import Job
from tests import tiny
from tests.method.test_compile import Backend
from tests.runs.conftest import assert_clean
from tests.runs.running import OFF, finish

HALF = Settings(threshold=0.1, schedule=(True, False) * 4)
WAYS = {
    "blocks": lambda transformer, backend: transformer.compile_repeated_blocks(backend=backend),
    "whole": lambda transformer, backend: transformer.compile(backend=backend),
}


def asked(pipe, **changes) -> Request:
    usual = {"prompt": tiny.PROMPT, "steps": 8, "guidance_scale": 5.0, "height": 32, "width": 32}
    return checked(pipe, Request(**{**usual, "frames": 5, **changes}))


class Watched(Job):
    """A run in this thread: what it told, and a figure taken at each event."""

    def __init__(self, pipe, settings, look=lambda: None, **changes):
        super().__init__(pipe=pipe, request=asked(pipe, **changes), settings=settings, preview_every=0)
        self.told, self.look = [], look
        self.work()

    def tell(self, event):
        self.told.append((type(event), self.look()))

    def kinds(self):
        return [kind for kind, _ in self.told]

    def at(self, kind):
        return next(value for found, value in self.told if found is kind)


@pytest.fixture
def own():
    """A pipeline that ran nothing yet."""
    torch._dynamo.reset()
    yield tiny.build("WanPipeline")
    torch._dynamo.reset()


@pytest.fixture
def experts():
    return tiny.build("Wan 2.2")


@pytest.mark.parametrize("settings", [OFF, HALF], ids=["uncached", "cached"])
@pytest.mark.parametrize("way", WAYS)
def test_all_is_compiled_before_the_first_timed_call(own, way, settings):
    backend = Backend()
    WAYS[way](own.transformer, backend)
    run = Watched(own, settings, lambda: backend.graphs)
    assert run.kinds()[-1] is Finished
    assert 0 == run.at(Warming) < run.at(Started) == run.at(Finished)


def test_both_experts_are_compiled_before_the_first_timed_call(experts):
    backend = Backend()
    for part in (experts.transformer, experts.transformer_2):
        WAYS["blocks"](part, backend)
    run = Watched(experts, HALF, lambda: backend.graphs)
    assert run.at(Started) == run.at(Finished) > 0


def test_calls_of_a_kind_are_warmed_up_once(own):
    assert Warming in Watched(own, OFF).kinds()
    assert Warming not in Watched(own, OFF, steps=5, seed=3).kinds()


@pytest.mark.parametrize("change", [{"frames": 9}, {"guidance_scale": 1.0}, {"width": 48}])
def test_another_size_or_batch_is_another_kind(own, change):
    Watched(own, OFF)
    assert Warming in Watched(own, OFF, **change).kinds()


def compiled(pipe):
    pipe.transformer.compile_repeated_blocks(backend="eager")


def converted(pipe):
    pipe.transformer.to(torch.float64)
    pipe.vae.to(torch.float64)
    pipe.text_encoder.to(torch.float64)


def other_attention(pipe):
    class Other(type(pipe.transformer.blocks[0].attn1.processor)):
        pass

    pipe.transformer.set_attn_processor(Other())


@pytest.mark.parametrize("change", [compiled, converted, other_attention])
def test_a_pipeline_that_was_changed_is_warmed_up_again(own, change):
    Watched(own, OFF)
    change(own)
    assert Warming in Watched(own, OFF).kinds()


def test_the_hooks_of_a_cached_run_are_warmed_up_by_themselves(own):
    Watched(own, OFF)
    assert Warming in Watched(own, HALF).kinds()


def test_warming_up_is_a_few_calls_that_nobody_hears_of(own):
    calls = []
    own.transformer.register_forward_hook(lambda *_: calls.append(1))
    assert Watched(own, HALF).kinds().count(Called) == 16
    assert len(calls) == 16 + 4  # two steps of two branches: one computed, one reused


def test_a_run_after_warming_up_is_the_same_to_the_bit(own):
    request = asked(own, settings=HALF)
    first, second = (finish(own, request)[1] for _ in range(2))
    assert (first == second).all()
    assert_clean(own)


def test_a_run_that_is_stopped_while_it_warms_up_stops_and_is_not_warm(own):
    def stop(*_):
        job.stop.set()

    handle = own.transformer.register_forward_hook(stop)
    job = Job(pipe=own, request=asked(own), settings=OFF, preview_every=0)
    job.work()
    events = []
    while not hasattr(events[-1:] and events[-1], "error"):
        events.append(job.next_event())
    assert isinstance(events[-1].error, Cancelled) and Started not in map(type, events)
    handle.remove()
    assert_clean(own)
    assert Warming in Watched(own, OFF).kinds()


def test_a_second_that_is_spent_once_makes_no_run_faster(own):
    first = [True]

    def slow(*_):
        time.sleep(1.05 if first and first.pop() else 0.05)

    own.transformer.blocks[1].attn1.register_forward_pre_hook(slow)
    *_, last = compare(own, asked(own, settings=HALF))
    assert last.comparison.measured_speedup < 1.15 * last.comparison.ideal_speedup
