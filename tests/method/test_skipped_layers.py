"""Layers that somebody skips while TeaCache is attached: diffusers' LayerSkip, for good or in one branch."""

import pytest
import torch
from diffusers.hooks import HookRegistry, LayerSkipConfig, apply_layer_skip

from teacache.method.cache import TeaCache
from teacache.method.gate import Settings
from tests import tiny
from tests.method.systems import MIXED, SYSTEMS, run

WAN, LATTE = SYSTEMS["Wan 2.1"], SYSTEMS["Latte"]
SCORES = {"skip_ff": False, "skip_attention": False, "skip_attention_scores": True}
# Parts of attention in Latte alone: diffusers knows Wan's processor by a former name, and others not at all.
KINDS = {
    "block": (WAN, {}),
    "feed forward": (WAN, {"skip_attention": False}),
    "attention": (LATTE, {"skip_ff": False}),
    "scores": (LATTE, SCORES),
}
SKIPS = pytest.mark.parametrize("system, how", KINDS.values(), ids=KINDS)
ORDERS = pytest.mark.parametrize("earlier", [True, False], ids=["before attaching", "while attached"])


def skip(pipe, *blocks, **how):
    apply_layer_skip(pipe.transformer, LayerSkipConfig(indices=list(blocks), **how))


def skipping(settings, *, earlier, system=WAN, blocks=(0,), **how):
    """A run of a pipeline of its own with these blocks skipped, and the cache."""
    pipe = tiny.build(system.pipeline)
    if earlier:
        skip(pipe, *blocks, **how)
    with TeaCache(pipe, settings=settings) as cache:
        if not earlier:
            skip(pipe, *blocks, **how)
        return run(pipe, system), cache


def uncached(system=WAN, **how):
    pipe = tiny.build(system.pipeline)
    skip(pipe, 0, **how)
    return run(pipe, system)


@SKIPS
@ORDERS
def test_threshold_0_runs_with_the_first_block_skipped_as_without_a_cache(system, how, earlier):
    got, cache = skipping(Settings(threshold=0), earlier=earlier, system=system, **how)
    assert torch.equal(got, uncached(system, **how))
    assert {r.reason for r in cache.trace.records} == {"off"}


@ORDERS
@pytest.mark.parametrize("variant", ["default", "authors"])
def test_a_skipped_middle_block_is_reused_with_the_rest(earlier, variant):
    settings = MIXED.replaced(variant=variant)
    got, cache = skipping(settings, earlier=earlier, blocks=(1,))
    assert cache.trace.computed_calls == 4 and got.isfinite().all()


@ORDERS
def test_without_its_first_block_a_call_has_no_indicator_and_is_computed(earlier):
    got, cache = skipping(Settings(threshold=1e9), earlier=earlier)
    assert torch.equal(got, uncached())
    assert [r.reason for r in cache.trace.records] == ["first"] * 2 + ["no_residual"] * 6


def test_a_block_that_is_skipped_for_some_steps_is_reused_in_the_others():
    pipe = tiny.build("WanPipeline")

    def now_and_then(pipe, step, timestep, tensors):
        if step == 1:
            skip(pipe, 0)
        if step == 2:
            HookRegistry.check_if_exists_or_initialize(pipe.transformer.blocks[0]).remove_hook(
                "layer_skip_hook"
            )
        return {}

    with TeaCache(pipe, 1e9) as cache:
        run(pipe, WAN, steps=6, callback_on_step_end=now_and_then)
    reasons = [r.reason for r in cache.trace.branch("cond")]
    assert reasons == ["first", "below_threshold", "no_residual", "no_residual", "below_threshold", "last"]
