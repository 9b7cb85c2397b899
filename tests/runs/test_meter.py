"""The work of a run is counted in FLOPs, the same for every cache; checked against a count by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from teacache.method.gate import Settings
from teacache.runs.adapters import adapter_of, checked
from teacache.runs.meter import prices
from teacache.study.clips import sample

WIDTH, LAYERS, HEADS = 16, 2, 2  # of the tiny model
TOKENS, FRAMES, BATCH = 4, 4, 2  # 4x4 latents in patches of 2; both branches of guidance


def by_hand(text: int) -> int:
    """FLOPs of one call of the tiny Latte: a multiply-add is two; `text` tokens of the prompt."""
    frames = BATCH * FRAMES
    tokens = frames * TOKENS

    def linear(rows: int, wide: int, out: int) -> int:
        return 2 * rows * wide * out

    def attention(batch: int, queries: int, keys: int) -> int:
        return 2 * 2 * batch * queries * keys * WIDTH

    feed = 2 * linear(tokens, WIDTH, 4 * WIDTH)
    own = 4 * linear(tokens, WIDTH, WIDTH)
    cross = 2 * linear(tokens, WIDTH, WIDTH) + 2 * linear(frames * text, WIDTH, WIDTH)
    spatial = own + attention(frames, TOKENS, TOKENS) + cross + attention(frames, TOKENS, text) + feed
    temporal = own + attention(BATCH * TOKENS, FRAMES, FRAMES) + feed
    patches = linear(tokens, 4 * 2 * 2, WIDTH)  # a convolution by its stride
    out = linear(tokens, WIDTH, 2 * 2 * 8)
    caption = linear(BATCH * text, WIDTH, WIDTH) * 2
    time = linear(BATCH, 256, WIDTH) + linear(BATCH, WIDTH, WIDTH) + linear(BATCH, WIDTH, 6 * WIDTH)
    return LAYERS * (spatial + temporal) + patches + out + caption + time


@pytest.fixture
def asked(pipe, request_):
    return checked(pipe, request_)


def test_a_call_costs_what_a_count_by_hand_says(pipe, asked):
    run = sample(pipe, asked, metered=True)
    lengths = []
    handle = pipe.transformer.register_forward_pre_hook(
        lambda _, args, kwargs: lengths.append(kwargs["encoder_hidden_states"].shape[1]), with_kwargs=True
    )
    try:
        sample(pipe, asked)
    finally:
        handle.remove()
    assert set(run.work.flops) == {by_hand(lengths[0])}
    assert set(run.work.shares) == {1.0}


def test_a_reused_call_costs_what_lies_outside_the_blocks(pipe, asked):
    run = sample(pipe, asked, Settings(threshold=0.3), metered=True)
    for record, share in zip(run.trace.records, run.work.shares, strict=True):
        assert share == pytest.approx(1.0) if record.computed else 0 < share < 0.3


def test_counting_changes_no_bit_of_the_clip_and_leaves_no_hook(pipe, asked):
    assert (sample(pipe, asked, metered=True).video == sample(pipe, asked).video).all()


def test_a_layer_is_priced_by_the_element_so_that_half_a_batch_is_half_the_work(pipe, asked):
    sample(pipe, asked, metered=True)
    known = prices(pipe, asked, adapter_of(pipe).encode(pipe, asked))  # counted already: nothing is run
    layer = pipe.transformer.transformer_blocks[0].ff.net[2]
    assert set(known.leaves[layer].values()) == {2 * layer.out_features}


def test_another_guidance_is_counted_anew(pipe, asked):
    alone = checked(pipe, replace(asked, guidance_scale=1.0))
    both, one = (sample(pipe, request, metered=True).work.flops[0] for request in (asked, alone))
    assert 0.4 < one / both < 0.6
