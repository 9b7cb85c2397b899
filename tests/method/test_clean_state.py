"""Every run starts clean, whatever happened before; and leaving takes everything off."""

import pytest
import torch
from diffusers.hooks import HookRegistry, ModelHook

from teacache.method.cache import TeaCache
from tests.method.sampling import MIXED, inputs, loop, sample


@pytest.mark.parametrize("change", [{"side": 16}, {"batch": 4}], ids=["another resolution", "another batch"])
def test_a_change_of_shape_within_a_run_computes_and_starts_clean(bare, change):
    """The residual that no longer fits is neither added nor dropped in silence."""

    def changed(step):
        return change if step >= 3 else {}

    plain = loop(bare, steps=7, change=changed)
    with TeaCache(bare, 1e9) as cache:
        cached = loop(bare, steps=7, change=changed)
    assert [r.reason for r in cache.trace.records] == [
        "first", "below_threshold", "below_threshold",
        "shape_changed", "below_threshold", "below_threshold", "last",
    ]  # fmt: skip
    assert torch.equal(cached[3], plain[3])
    assert cache.trace.records[3].indicator_distance is None
    assert cache.trace.records[4].accumulated_distance == cache.trace.records[4].indicator_distance


def test_a_change_of_dtype_within_a_run_computes(bare):
    bare.scheduler.set_timesteps(4)
    with torch.no_grad(), TeaCache(bare, 1e9) as cache:
        for step, t in enumerate(bare.scheduler.timesteps):
            if step == 2:
                bare.transformer.double()
            arguments = inputs(step)
            for name in ("hidden_states", "encoder_hidden_states"):
                arguments[name] = arguments[name].to(bare.transformer.dtype)
            bare.transformer(timestep=t[None].expand(2), **arguments)
    assert [r.reason for r in cache.trace.records] == ["first", "below_threshold", "shape_changed", "last"]


@pytest.mark.parametrize("second", [{"steps": 4}, {"side": 16}, {"prompts": 2}, {"guidance": 1.0}])
def test_a_run_with_other_steps_size_or_batch_starts_clean(pipe, second):
    alone = TeaCache(pipe, 1e9)
    with alone:
        wanted = sample(pipe, **second)
    with TeaCache(pipe, 1e9) as cache:
        sample(pipe)
        got = sample(pipe, **second)
    assert torch.equal(got, wanted)
    assert cache.trace.schedule == alone.trace.schedule
    first = cache.trace.records[0]
    assert first.reason == "first"
    assert first.indicator_distance is first.latent_distance is first.embedding_distance is None
    assert first.output_distance is None  # nothing of the other run is compared with
    assert cache.trace.records[-1].reason == "last"
    assert len(cache.trace.records) == cache.trace.steps == second.get("steps", 6)


def test_an_interrupted_run_leaves_nothing_to_the_next(pipe):
    def stop(pipe, step, t, values):
        pipe._interrupt = step >= 2
        return values

    with TeaCache(pipe, settings=MIXED) as cache:
        wanted = sample(pipe)
        sample(pipe, callback_on_step_end=stop)
        assert len(cache.trace.records) == 3
        assert torch.equal(sample(pipe), wanted)
    assert cache.trace.schedule == MIXED.schedule


@pytest.mark.parametrize("where", ["transformer_blocks.1.attn1", "transformer_blocks.0.ff", "proj_out"])
def test_an_exception_in_mid_run_leaves_nothing_behind(pipe, where):
    plain = sample(pipe)
    calls = []

    def fail(*_):
        calls.append(True)
        if len(calls) == 2:
            raise RuntimeError("out of memory")

    with TeaCache(pipe, settings=MIXED) as cache:
        wanted = sample(pipe)
        handle = pipe.transformer.get_submodule(where).register_forward_pre_hook(fail)
        with pytest.raises(RuntimeError, match="out of memory"):
            sample(pipe)
        handle.remove()
        assert len(cache.trace.records) < 6
        assert torch.equal(sample(pipe), wanted)
        assert len(cache.trace.records) == 6
    assert torch.equal(sample(pipe), plain)


@pytest.mark.parametrize("probe, failed", [(False, 2), (True, 1)], ids=["in the call", "in its probe"])
def test_a_call_that_failed_can_be_repeated_and_starts_clean(bare, probe, failed):
    bare.scheduler.set_timesteps(6)
    calls = []

    def fail(*_):
        calls.append(True)
        if len(calls) == 3:
            raise RuntimeError("out of memory")

    bare.transformer.norm_out.register_forward_hook(fail)
    with torch.no_grad(), TeaCache(bare, 1e9, probe=probe) as cache:
        for step, t in enumerate(bare.scheduler.timesteps):
            call = {"timestep": t[None].expand(2), **inputs(step)}
            try:
                bare.transformer(**call)
            except RuntimeError:
                bare.transformer(**call)
    assert len(cache.trace.runs) == 2
    records = cache.trace.runs[-1].records
    assert [r.timestep for r in records] == bare.scheduler.timesteps[failed:].tolist()
    assert [r.reason for r in records] == ["first", *["below_threshold"] * (4 - failed), "last"]
    assert [r.output_distance is None for r in records] == [True] + [False] * (5 - failed)


def test_the_pipelines_own_reset_ends_the_run(bare):
    """Diffusers pipelines call it when they are done, also those that never set new timesteps."""
    bare.scheduler.set_timesteps(4)
    with torch.no_grad(), TeaCache(bare, 1e9) as cache:
        for step in (0, 1, 2):
            if step == 2:
                bare.transformer._reset_stateful_cache()
            bare.transformer(timestep=bare.scheduler.timesteps[step].expand(2), **inputs(step))
    first, second = cache.trace.runs
    assert [r.reason for r in first.records] == ["first", "below_threshold"]
    assert [(r.call, r.reason) for r in second.records] == [(0, "first")]


def surroundings(module):
    """Everything that attaching touches."""
    return {
        name: (set(vars(m)), "forward" in vars(m), len(m._forward_hooks), len(m._forward_pre_hooks))
        for name, m in module.named_modules()
    }


@pytest.mark.parametrize("threshold", [0, 0.5])
def test_leaving_takes_everything_off_also_after_an_exception(bare, threshold):
    before = surroundings(bare.transformer)
    assert not any(forward for _, forward, _, _ in before.values())
    with TeaCache(bare, threshold) as cache:
        assert surroundings(bare.transformer) != before
    assert surroundings(bare.transformer) == before
    with pytest.raises(KeyError), TeaCache(bare, threshold):
        raise KeyError
    assert surroundings(bare.transformer) == before
    assert not cache.attached
    cache.detach()  # harmless


class Doubling(ModelHook):
    """Somebody else's hook."""

    def post_forward(self, module, output):
        return (output[0] * 2,)


class DoublingInside(ModelHook):
    """One that calls the forward itself."""

    def new_forward(self, module, *args, **kwargs):
        return (self.fn_ref.original_forward(*args, **kwargs)[0] * 2,)


@pytest.mark.parametrize("kind", [Doubling, DoublingInside])
@pytest.mark.parametrize("earlier", [True, False])
def test_leaving_keeps_the_hooks_of_others(bare, kind, earlier):
    plain = loop(bare)
    registry = HookRegistry.check_if_exists_or_initialize(bare.transformer)
    if earlier:
        registry.register_hook(kind(), "doubling")
    with TeaCache(bare, settings=MIXED):
        if not earlier:
            registry.register_hook(kind(), "doubling")
        loop(bare)
    assert all(torch.equal(a, 2 * b) for a, b in zip(loop(bare), plain, strict=True))
    registry.remove_hook("doubling")
    assert all(torch.equal(a, b) for a, b in zip(loop(bare), plain, strict=True))


def test_a_cache_can_be_attached_again_and_starts_clean(pipe):
    cache = TeaCache(pipe, settings=MIXED)
    with cache:
        first = sample(pipe)
    with cache:
        assert cache.trace.records == ()
        assert torch.equal(sample(pipe), first)
