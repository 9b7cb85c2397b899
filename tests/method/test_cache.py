"""TeaCache in the real pipeline: what it changes and what it leaves alone."""

import threading

import pytest
import torch

from teacache.method.cache import TeaCache
from teacache.method.gate import Settings
from tests.method.sampling import MIXED, Outputs, build_pipe, inputs, loop, sample


def threshold_that_mixes(pipe, **more):
    """One that this model's own distances make reuse some of the calls."""
    with TeaCache(pipe, 0) as cache:
        sample(pipe, **more)
    distances = [r.indicator_distance for r in cache.trace.records[1:]]
    return 1.5 * max(distances)


@pytest.mark.parametrize("guidance", [3.0, 1.0])
def test_threshold_zero_is_bit_identical_also_twice_and_after_detaching(pipe, guidance):
    plain = sample(pipe, guidance=guidance)
    with TeaCache(pipe, 0) as cache:
        first, second = sample(pipe, guidance=guidance), sample(pipe, guidance=guidance)
    assert torch.equal(plain, first)
    assert torch.equal(plain, second)
    assert torch.equal(plain, sample(pipe, guidance=guidance))
    assert {r.reason for r in cache.trace.records} == {"off"}
    assert {r.branch for r in cache.trace.records} == {"batched" if guidance > 1 else "cond"}


@pytest.mark.parametrize("guidance", [3.0, 1.0])
def test_reusing_changes_the_result_and_a_second_run_repeats_the_first(pipe, guidance):
    threshold = threshold_that_mixes(pipe, guidance=guidance)
    with TeaCache(pipe, threshold) as cache:
        first, one = sample(pipe, guidance=guidance), cache.trace
        second, two = sample(pipe, guidance=guidance), cache.trace
    assert 2 <= one.computed_calls < 6 == len(one.records)
    assert torch.equal(first, second)
    assert one.schedule == two.schedule
    assert not torch.equal(first, sample(pipe, guidance=guidance))


def test_a_reused_call_adds_the_residual_of_the_last_computed_one(bare):
    """By hand: the forward with every block replaced by one that adds the residual."""
    seen = {}
    block, exit_ = bare.transformer.transformer_blocks[0], bare.transformer.norm_out
    taps = [
        block.register_forward_pre_hook(lambda m, args: seen.__setitem__("entry", args[0].clone())),
        exit_.register_forward_pre_hook(lambda m, args: seen.__setitem__("exit", args[0].clone())),
    ]
    loop(bare, steps=6)  # leaves the entry and the exit of the last step
    plain = []
    bare.scheduler.set_timesteps(6)
    with torch.no_grad():
        for step, t in enumerate(bare.scheduler.timesteps[:2]):
            bare.transformer(timestep=t[None].expand(2), **inputs(step))
            plain.append(dict(seen))
    for tap in taps:
        tap.remove()
    expected = plain[1]["entry"] + (plain[0]["exit"] - plain[0]["entry"])
    given = []
    tap = exit_.register_forward_hook(lambda m, args, out: given.append(args[0].clone()))
    with TeaCache(bare, settings=MIXED) as cache:
        loop(bare)
    tap.remove()
    assert cache.trace.schedule == MIXED.schedule
    assert torch.equal(given[1], expected)


def test_separate_branches_have_their_own_state(bare):
    def other(step):
        return {"batch": 1}

    with TeaCache(bare, settings=MIXED) as cache:
        outputs = loop(bare, change=other, calls=2)
    assert [r.branch for r in cache.trace.records] == ["call0", "call1"] * 6
    assert [r.step for r in cache.trace.records] == [s for s in range(6) for _ in range(2)]
    assert [r.computed for r in cache.trace.records] == [c for c in MIXED.schedule for _ in range(2)]
    assert torch.equal(outputs[2], outputs[3])  # equal inputs, equal states


def test_branches_are_named_by_cache_context(bare):
    bare.scheduler.set_timesteps(4)
    settings = Settings(threshold=1, schedule=(True, False, False, True))
    with torch.no_grad(), TeaCache(bare, settings=settings) as cache:
        for step, t in enumerate(bare.scheduler.timesteps):
            for offset, name in ((0, "cond"), (50, "uncond")):
                with bare.transformer.cache_context(name):
                    bare.transformer(timestep=t[None].expand(2), **inputs(step + offset))
    assert cache.trace.branches == ("cond", "uncond")
    assert [r.computed for r in cache.trace.branch("uncond")] == [True, False, False, True]


@pytest.mark.parametrize("copies", [False, True])
def test_pndm_repeats_a_timestep_and_still_has_one_branch(bare, copies):
    from diffusers import PNDMScheduler

    bare.scheduler = PNDMScheduler()
    with TeaCache(bare, 0.5) as cache:
        loop(bare, copies=copies)
    records = cache.trace.records
    assert cache.trace.branches == ("call0",)
    assert [r.step for r in records] == list(range(len(records)))
    assert len({r.timestep for r in records}) < len(records) == cache.trace.steps
    assert records[-1].reason == "last"


def test_two_pipelines_in_two_threads_do_not_mix():
    pipes = [build_pipe(), build_pipe()]
    settings = [MIXED, Settings(threshold=1, schedule=(True, True, False, True, False, True))]
    kinds = [{"steps": 6}, {"steps": 6, "guidance": 1.0, "side": 16}]

    def work(i):
        with TeaCache(pipes[i], settings=settings[i]) as cache:
            return [sample(pipes[i], **kinds[i]) for _ in range(3)][-1], cache.trace

    alone = [work(0), work(1)]
    together = [None, None]
    start = threading.Barrier(2)

    def thread(i):
        start.wait()
        together[i] = work(i)

    threads = [threading.Thread(target=thread, args=(i,)) for i in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    for (one, trace), (two, other) in zip(alone, together, strict=True):
        assert torch.equal(one, two)
        assert [r.indicator_distance for r in trace.records] == [r.indicator_distance for r in other.records]
        assert trace.schedule == other.schedule


def test_settings_of_the_loader_are_used_with_another_threshold(pipe):
    loaded = Settings(threshold=0.3, coefficients=(1.0, 2.0, 0.5))
    pipe.teacache_settings = loaded
    try:
        assert TeaCache(pipe).settings == loaded
        assert TeaCache(pipe, 0.1).settings == loaded.replaced(threshold=0.1)
        assert TeaCache(pipe, settings=MIXED).settings == MIXED
    finally:
        del pipe.teacache_settings
    assert TeaCache(pipe, 0.1).settings == Settings(threshold=0.1)


@pytest.mark.parametrize("given", [(0, MIXED), (None, MIXED.replaced(threshold=0))])
def test_threshold_zero_switches_a_schedule_off_as_well(pipe, given):
    threshold, settings = given
    plain = sample(pipe)
    with TeaCache(pipe, threshold, settings=settings) as cache:
        assert torch.equal(sample(pipe), plain)
    assert {record.reason for record in cache.trace.records} == {"off"}
    assert TeaCache(pipe, 0.2, settings=MIXED).settings.schedule == MIXED.schedule


class Follower:
    def __init__(self, stop_at=None):
        self.before, self.after, self.stop_at = [], [], stop_at

    def before_call(self, call, step, branch):
        if call == self.stop_at:
            raise InterruptedError
        self.before.append((call, step, branch))

    def after_call(self, record):
        self.after.append(record)


def test_an_observer_hears_of_every_call(pipe):
    follower = Follower()
    with TeaCache(pipe, settings=MIXED, observer=follower) as cache:
        sample(pipe)
    assert follower.before == [(i, i, "batched") for i in range(6)]
    assert tuple(follower.after) == cache.trace.records
    assert all(type(r.indicator_distance) is float for r in follower.after[1:])


def test_an_observer_can_stop_the_run_before_a_call(pipe):
    follower = Follower(stop_at=3)
    with Outputs(pipe.transformer) as outputs, TeaCache(pipe, settings=MIXED, observer=follower) as cache:
        with pytest.raises(InterruptedError):
            sample(pipe)
        assert len(outputs) == len(follower.after) == len(cache.trace.records) == 3
        follower.stop_at = None
        sample(pipe)
    assert cache.trace.schedule == MIXED.schedule
