"""Every system in its real pipeline: what observing leaves alone, and what a run leaves behind.

Random weights and a few tokens; the same code as at full size.
"""

from functools import cache
from types import SimpleNamespace

import pytest
import torch

from teacache.method.architectures import ARCHITECTURES
from teacache.method.cache import TeaCache
from teacache.method.gate import Settings
from tests import tiny
from tests.method.systems import EACH_WAY, SYSTEMS, cached, pipe_of, run, weighed

OFF = Settings(threshold=0)
MIXED = Settings(threshold=1, schedule=(True, False, True))
# As many pictures as prompts, and no lists of prompts or a fault with them: one.
ONE_PROMPT = (
    "WanVACEPipeline",
    "ZImagePipeline",
    "SkyReelsV2DiffusionForcingPipeline",
    "CogVideoXImageToVideoPipeline",
    "ConsisIDPipeline",
    "WanAnimatePipeline",
    "HunyuanVideoFramepackPipeline",
)


@pytest.fixture(params=SYSTEMS)
def name(request):
    return request.param


@pytest.fixture
def system(name):
    return SYSTEMS[name]


@pytest.fixture
def pipe(system):
    return pipe_of(system.pipeline)


@cache
def observed(name):
    """An uncached run, two that are only observed, one after detaching, and the second's trace."""
    system = SYSTEMS[name]
    pipe = pipe_of(system.pipeline)
    before = run(pipe, system, steps=system.few)
    with TeaCache(pipe, 0) as cache:
        during = [run(pipe, system, steps=system.few) for _ in range(2)]
    return SimpleNamespace(
        before=before, during=during, after=run(pipe, system, steps=system.few), trace=cache.trace
    )


@cache
def mixed(name):
    """Two runs on one attached cache that reuses calls, and the schedule of each."""
    system = SYSTEMS[name]
    pipe = pipe_of(system.pipeline)
    latents, schedules = [], []
    with TeaCache(pipe, settings=MIXED) as cache:
        for _ in range(2):
            latents.append(run(pipe, system, steps=system.few))
            schedules.append(cache.trace.schedule)
    return SimpleNamespace(latents=latents, schedules=schedules)


def test_threshold_zero_is_bit_identical_also_on_the_second_run_and_after_detaching(name):
    seen = observed(name)
    assert seen.before.isfinite().all() and seen.before.std() > 0
    assert all(torch.equal(latents, seen.before) for latents in (*seen.during, seen.after))
    assert {r.reason for r in seen.trace.records} == {"off"}


def test_guidance_batched_separate_or_in_one_call_gives_these_branches(name, system):
    """The trace is that of the second run: a name must not drift from run to run."""
    trace = observed(name).trace
    assert trace.branches == system.branches
    assert trace.steps == system.positions
    assert [r.step for r in trace.records] == sorted(list(range(system.positions)) * len(system.branches))


def test_without_guidance_there_is_one_branch(pipe, system):
    if system.more:
        system = SYSTEMS[next(name for name, s in SYSTEMS.items() if s.pipeline == system.pipeline)]
    wanted = run(pipe, system, steps=system.few, guidance=1.0)
    latents, cache = cached(pipe, system, OFF, steps=system.few, guidance=1.0)
    assert torch.equal(latents, wanted)
    assert len(cache.trace.records) == system.positions
    assert cache.trace.branches == ("cond",)


def test_reuse_happens_changes_the_result_and_the_next_run_is_the_same(name, system):
    first, second = mixed(name).latents
    assert torch.equal(first, second) and first.isfinite().all()
    assert not torch.equal(first, observed(name).before)
    wanted = tuple(step != 1 for step in range(system.positions) for _ in system.branches)
    assert mixed(name).schedules == [wanted, wanted]


class Stop(Exception):
    """Somebody pressed the button."""


class StopAt:
    """An observer that ends the run before one of its calls."""

    def __init__(self):
        self.call = None

    def before_call(self, call, step, branch):
        if call == self.call:
            raise Stop

    def after_call(self, record):
        pass


def told(cache):
    """What was measured and decided, call by call."""
    return [(r.computed, r.reason, r.indicator_distance, r.accumulated_distance) for r in cache.trace.records]


@pytest.mark.parametrize("name", EACH_WAY)
def test_no_run_meets_what_an_interrupted_or_other_run_left(pipe, system):
    """One attached cache, decided by distances: each run follows one that was cut short, as if alone."""
    steps = system.few + 1
    lonely = system.pipeline in ONE_PROMPT or system.more
    batch = {"guidance": 1.0} if lonely else {"prompt": [tiny.PROMPT] * 2}
    runs = [{"steps": steps, "taller": 2, **batch}, {"steps": steps + 1}, {"steps": steps}]
    for variant in dict.fromkeys(("default", *ARCHITECTURES[type(pipe.transformer).__name__].variants)):
        settings = weighed(pipe, system, steps=steps, variant=variant)
        assert_as_if_alone(pipe, system, settings, runs)


def assert_as_if_alone(pipe, system, settings, runs):
    fresh = []
    for asked in runs:
        latents, cache = cached(pipe, system, settings, **asked)
        fresh.append((latents, told(cache)))
    computed = [computed for _, calls in fresh for computed, *_ in calls]
    assert True in computed and False in computed
    button = StopAt()
    with TeaCache(pipe, settings=settings, observer=button) as cache:
        for asked, (latents, calls) in zip(runs, fresh, strict=True):
            button.call = len(calls) // 2
            with pytest.raises(Stop):
                run(pipe, system, **runs[-1])
            button.call = None
            assert torch.equal(run(pipe, system, **asked), latents)
            assert told(cache) == calls


@pytest.mark.parametrize("name", EACH_WAY)
def test_in_bfloat16_too(system):
    pipe = tiny.half(system.pipeline, torch.bfloat16)
    wanted = run(pipe, system, steps=system.few)
    with TeaCache(pipe, settings=OFF):
        during = [run(pipe, system, steps=system.few) for _ in range(2)]
    reused, cache = cached(pipe, system, MIXED, steps=system.few)
    after = run(pipe, system, steps=system.few)
    assert wanted.isfinite().all() and all(torch.equal(got, wanted) for got in (*during, after))
    assert reused.isfinite().all() and reused.dtype == wanted.dtype
    assert {r.reason for r in cache.trace.records} >= {"first", "scheduled"}
