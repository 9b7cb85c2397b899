"""A reused call, by hand: what entered the blocks plus the residual, through the head as it stands.

For every class and variant, in the real pipeline: the inputs of each call and what the blocks made of them
are kept beside the run; an untouched copy of the transformer then answers each reused call with the sum put
in its exit by hand.
"""

import copy

import pytest
import torch

from teacache.method.cache import TeaCache
from teacache.method.gate import Settings
from tests.method.by_hand import BY_HAND
from tests.method.systems import MIXED, SYSTEMS, pipe_of, run
from tests.method.test_indicators import CLASSES, READINGS, by_name

EVERY_READING = pytest.mark.parametrize("name, variant", READINGS, ids=[" ".join(r) for r in READINGS])
FIRST_LIST = {
    "WanTransformer3DModel": "blocks",
    "Lumina2Transformer2DModel": "layers",
    "HiDreamImageTransformer2DModel": "double_stream_blocks",
    "STDiT3": "spatial_blocks",
    "WanVACETransformer3DModel": "vace_blocks",
    "WanAnimateTransformer3DModel": "blocks",
    "ChronoEditTransformer3DModel": "blocks",
    "SkyReelsV2Transformer3DModel": "blocks",
    "Kandinsky5Transformer3DModel": "visual_transformer_blocks",
    "ZImageTransformer2DModel": "layers",
    "LuminaNextDiT2DModel": "layers",
}


class Diary:
    """Per call: arguments, what entered the blocks, what reached the exits, and what came out."""

    def __init__(self, transformer, exits, entries, first):
        self.calls, self.exits, self.entries = [], exits, entries
        self.handles = [
            transformer.register_forward_pre_hook(self.begin, with_kwargs=True),
            transformer.register_forward_hook(self.end),
            first.register_forward_pre_hook(self.enter, with_kwargs=True),
        ]
        for path, stream in exits.items():
            self.handles.append(transformer.get_submodule(path).register_forward_pre_hook(self.leave(stream)))
        for stream, path in entries.items():
            self.handles.append(transformer.get_submodule(path).register_forward_hook(self.make(stream)))

    def close(self):
        for handle in self.handles:
            handle.remove()

    def begin(self, module, args, kwargs):
        # Schedulers and pipelines may write into their latents after the call.
        kept = {k: v.clone() if isinstance(v, torch.Tensor) else v for k, v in kwargs.items()}
        self.calls.append({"args": args, "kwargs": kept, "entered": {}, "left": {}})

    def enter(self, block, args, kwargs):
        named = by_name(block, args, kwargs)
        streams = [s for s in self.exits.values() if s not in self.entries]
        self.calls[-1]["entered"] |= {s: named[s].clone() for s in streams}

    def make(self, stream):
        def tap(module, args, output):
            self.calls[-1]["entered"][stream] = output.clone()

        return tap

    def leave(self, stream):
        def tap(module, args):
            self.calls[-1]["left"][stream] = args[0].clone()

        return tap

    def end(self, module, args, output):
        self.calls[-1]["output"] = [o.clone() for o in tensors(output)]


def tensors(output):
    """What a transformer returns: a tuple of tensors, of a list of them, or an object that holds one."""
    output = tuple(output.values()) if isinstance(output, dict) else output
    return output[0] if isinstance(output[0], list) else output


def through_the_head(model, exits, call, sums):
    """The untouched copy's answer where each exit receives the given tensor in place of its own."""

    def put(stream):
        def tap(module, args):
            own = args[0]
            text = own[:, : own.shape[1] - sums[stream].shape[1]]  # ConsisID's exit gets the text in front
            return (torch.cat([text, sums[stream]], dim=1), *args[1:])

        return tap

    handles = [model.get_submodule(p).register_forward_pre_hook(put(s)) for p, s in exits.items()]
    with torch.no_grad():
        output = model(*call["args"], **call["kwargs"])
    for handle in handles:
        handle.remove()
    return output


@EVERY_READING
def test_a_reused_call_is_entry_plus_residual_through_the_live_head(name, variant):
    system, hand = SYSTEMS[CLASSES[name]], BY_HAND[name]
    exits = hand.variant_exits if variant == "authors" and hand.variant_exits else hand.exits
    pipe = pipe_of(system.pipeline)
    model = copy.deepcopy(pipe.transformer)
    blocks = getattr(pipe.transformer, FIRST_LIST.get(name, "transformer_blocks"))
    diary = Diary(
        pipe.transformer, exits, hand.entries, blocks[0]
    )  # before attaching: sees the exits as the blocks leave them
    try:
        with TeaCache(pipe, settings=MIXED.replaced(variant=variant)) as cache:
            run(pipe, system)
    finally:
        diary.close()
    residuals, reused = {}, 0
    for record, call in zip(cache.trace.records, diary.calls, strict=True):
        own = residuals.setdefault(record.branch, {})
        if record.computed:
            for stream, left in call["left"].items():
                entered = call["entered"][stream]
                own[stream] = left[:, -entered.shape[1] :] - entered
            continue
        sums = {s: call["entered"][s] + own[s] for s in own}
        wanted = through_the_head(model, exits, call, sums)
        assert set(sums) == set(exits.values())
        for got, expected in zip(call["output"], tensors(wanted), strict=True):
            torch.testing.assert_close(got, expected, rtol=1e-5, atol=1e-6)
        reused += 1
    assert reused == 2 * len(system.branches)


@EVERY_READING
def test_a_threshold_mixes_computed_and_reused_calls_by_the_recorded_distances(name, variant):
    """The threshold lies between the sums of the first one and of the first two distances, uncached."""
    system = SYSTEMS[CLASSES[name]]
    pipe = pipe_of(system.pipeline)
    settings = Settings(threshold=0, variant=variant)
    with TeaCache(pipe, settings=settings) as cache:
        run(pipe, system, steps=5)
        plain = cache.trace.branch(cache.trace.branches[0])
    threshold = plain[1].indicator_distance + plain[2].indicator_distance / 2
    with TeaCache(pipe, settings=settings.replaced(threshold=threshold)) as cache:
        assert run(pipe, system, steps=5).isfinite().all()
    assert [r.reason for r in cache.trace.branch(plain[0].branch)][:3] == [
        "first", "below_threshold", "threshold",
    ]  # fmt: skip
    for branch in cache.trace.branches:
        records, total = cache.trace.branch(branch), 0.0
        assert records[0].reason == "first" and records[-1].reason == "last"
        for record in records[1:-1]:
            total += record.indicator_distance
            assert record.accumulated_distance == pytest.approx(total)
            assert record.computed == (total >= threshold)
            total = 0.0 if record.computed else total
