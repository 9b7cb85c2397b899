"""What a run records: the numbers, where they are exact, and what reading them costs."""

import pytest
import torch

from teacache.method.cache import TeaCache
from teacache.method.distance import relative_l1
from teacache.method.gate import Settings
from tests.method.embeddings import of_adaln_single
from tests.method.reads import counted
from tests.method.sampling import CHANNELS, MIXED, Outputs, inputs, loop, sample


def test_the_trace_holds_what_hand_computation_gives(pipe):
    """Indicator: the modulated input of block 0's attention. Output: what is left once the variance is
    dropped."""
    model, latents, indicators, embeddings = pipe.transformer, [], [], []
    block = model.transformer_blocks[0]

    def look(_, args):
        hidden, when = args[0], args[4]
        shift, scale = (block.scale_shift_table[None] + when.reshape(len(when), 6, -1)).chunk(6, dim=1)[:2]
        indicators.append(block.norm1(hidden) * (1 + scale) + shift)

    def receive(_, args, kwargs):
        latents.append(kwargs["hidden_states"].clone())
        embeddings.append(of_adaln_single(model, kwargs))

    taps = [
        block.register_forward_pre_hook(look),
        model.register_forward_pre_hook(receive, with_kwargs=True),
    ]
    with Outputs(model) as outputs, TeaCache(pipe, 0) as cache:
        sample(pipe)
    for tap in taps:
        tap.remove()
    outputs = [o[:, :CHANNELS] for o in outputs]
    for i, record in enumerate(cache.trace.records):
        for name, values in (
            ("indicator", indicators), ("latent", latents), ("embedding", embeddings), ("output", outputs),
        ):  # fmt: skip
            by_hand = relative_l1(values[i], values[i - 1]).item() if i else None
            assert getattr(record, f"{name}_distance") == (by_hand and pytest.approx(by_hand, rel=1e-5))
        assert record.output_distance_exact == (i > 0)
        assert 0 < record.decision_seconds < record.seconds
        assert record.estimated_distance == record.indicator_distance  # the naive polynomial


def test_an_output_distance_is_exact_only_between_two_computed_calls(bare):
    with TeaCache(bare, settings=MIXED) as cache:
        loop(bare)
    records = cache.trace.records
    assert [r.computed for r in records] == list(MIXED.schedule)
    assert not any(r.output_distance_exact for r in records)  # no two in a row are computed
    assert all(r.output_distance is not None for r in records[1:])
    with TeaCache(
        bare, settings=Settings(threshold=1, schedule=(True, True, True, False, True, True))
    ) as cache:
        loop(bare)
    assert [r.output_distance_exact for r in cache.trace.records] == [False, True, True, False, False, True]


def test_a_probe_knows_the_true_distance_and_changes_nothing(pipe):
    with TeaCache(pipe, 0) as cache:
        sample(pipe)
    uncached = cache.trace.records
    with TeaCache(pipe, settings=MIXED) as cache:
        cached = sample(pipe)
    plain = cache.trace
    with TeaCache(pipe, settings=MIXED, probe=True) as cache:
        probed = sample(pipe)
    probe = cache.trace
    assert (probe.probe, plain.probe) == (True, False)
    assert torch.equal(cached, probed)
    assert probe.schedule == plain.schedule
    # Call 1 is reused, but all before it is as in the uncached run: so is its true distance.
    assert probe.records[1].output_distance == uncached[1].output_distance
    assert probe.records[1].output_distance != plain.records[1].output_distance
    assert [r.output_distance_exact for r in probe.records] == [False] + [True] * 5


def test_the_probe_of_every_call_is_the_full_computation_at_its_input(bare):
    full = loop(bare)
    with TeaCache(bare, settings=MIXED, probe=True) as cache:
        loop(bare)  # the same inputs at every step, whatever was reused
    for i, record in enumerate(cache.trace.records[1:], start=1):
        by_hand = relative_l1(full[i][:, :CHANNELS], full[i - 1][:, :CHANNELS]).item()
        assert record.output_distance == pytest.approx(by_hand, rel=1e-6)


def test_latents_that_are_updated_in_place_are_compared_all_the_same(bare):
    bare.scheduler.set_timesteps(3)
    call = inputs()
    latents = call["hidden_states"]
    before, outputs = latents.clone(), []
    with torch.no_grad(), TeaCache(bare, 0) as cache:
        for t in bare.scheduler.timesteps:
            output = bare.transformer(timestep=t.expand(2), **call)[0]
            outputs.append(output[:, :CHANNELS].clone())
            output.zero_()  # nor is the output ours to keep
            latents.mul_(2)
    record = cache.trace.records[1]
    assert record.latent_distance == pytest.approx(relative_l1(2 * before, before).item())
    assert record.output_distance == pytest.approx(relative_l1(outputs[1], outputs[0]).item(), rel=1e-5)


def test_a_call_is_read_back_only_once(pipe):
    with TeaCache(pipe, settings=MIXED) as cache:
        sample(pipe)
        during = cache.trace.records
    assert all(a is b for a, b in zip(during, cache.trace.records, strict=True))


def test_only_a_decision_that_needs_the_distance_waits_for_the_device(bare):
    """But `first` reads the list of timesteps, and may compare the halves of the batch."""
    settings = Settings(threshold=0.5, first_steps=2)
    with TeaCache(bare, settings=settings) as cache, counted(bare.transformer) as counts:
        loop(bare)
    assert [r.reason for r in cache.trace.records][:2] == ["first", "retention"]
    assert cache.trace.records[-1].reason == "last"
    assert counts[0] <= 2
    assert counts[1:] == [0, 1, 1, 1, 0]


def test_the_trace_says_where_it_ran(pipe):
    with TeaCache(pipe, 0.1) as cache:
        sample(pipe, steps=3)
    trace = cache.trace
    assert (trace.pipeline, trace.steps, trace.settings.threshold) == ("LattePipeline", 3, 0.1)
    assert trace.environment.items() >= {"device": "cpu", "dtype": "float32", "threads": "1"}.items()
    assert not trace.latent_free


def test_the_dtype_is_that_of_most_of_the_weights(bare):
    """As in Wan in bfloat16, whose class keeps its first parts in float32."""
    first, *others = bare.transformer.parameters()
    for weight in others:
        weight.data = weight.data.bfloat16()
    with TeaCache(bare, 0) as cache:
        pass
    assert first.dtype == torch.float32 and cache.trace.environment["dtype"] == "bfloat16"
