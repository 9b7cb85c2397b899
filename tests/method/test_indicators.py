"""The recorded indicator of every class and variant against the one computed by hand in the same run."""

import inspect
from functools import cache

import pytest
import torch

from teacache.method.architectures import ARCHITECTURES
from teacache.method.cache import TeaCache
from teacache.method.distance import relative_l1
from teacache.method.gate import Settings
from tests import tiny
from tests.method.by_hand import BY_HAND
from tests.method.systems import SYSTEMS, pipe_of, run, traits
from tests.representative import one_of_each

CLASSES = {
    "LatteTransformer3DModel": "Latte",
    "AllegroTransformer3DModel": "Allegro",
    "CogVideoXTransformer3DModel": "CogVideoX I2V",
    "ConsisIDTransformer3DModel": "ConsisID",
    "WanTransformer3DModel": "Wan 2.1",
    "HunyuanVideoTransformer3DModel": "HunyuanVideo",
    "HunyuanVideo15Transformer3DModel": "HunyuanVideo-1.5",
    "LTXVideoTransformer3DModel": "LTX",
    "LTX2VideoTransformer3DModel": "LTX-2",
    "MochiTransformer3DModel": "Mochi",
    "CosmosTransformer3DModel": "Cosmos",
    "SanaVideoTransformer3DModel": "SanaVideo",
    "FluxTransformer2DModel": "FLUX",
    "Lumina2Transformer2DModel": "Lumina2",
    "HiDreamImageTransformer2DModel": "HiDream",
    "QwenImageTransformer2DModel": "QwenImage",
    "WanVACETransformer3DModel": "Wan VACE",
    "WanAnimateTransformer3DModel": "Wan Animate",
    "ChronoEditTransformer3DModel": "ChronoEdit",
    "SkyReelsV2Transformer3DModel": "SkyReels V2",
    "HunyuanVideoFramepackTransformer3DModel": "HunyuanVideo Framepack",
    "HunyuanImageTransformer2DModel": "HunyuanImage",
    "Kandinsky5Transformer3DModel": "Kandinsky 5",
    "Flux2Transformer2DModel": "FLUX.2",
    "ChromaTransformer2DModel": "Chroma",
    "SD3Transformer2DModel": "Stable Diffusion 3",
    "CogView4Transformer2DModel": "CogView4",
    "ZImageTransformer2DModel": "Z-Image",
    "LuminaNextDiT2DModel": "Lumina-Next",
    "STDiT3": "Open-Sora",
}
READINGS = [
    (name, variant)
    for name in CLASSES
    for variant in dict.fromkeys(("default", *ARCHITECTURES[name].variants))
]


def by_name(module, args, kwargs):
    """The arguments of a call, the ones left out included."""
    bound = inspect.signature(type(module).forward).bind(module, *args, **kwargs)
    bound.apply_defaults()
    return bound.arguments


class Watch:
    """Computes the indicator by hand at every call, beside the run."""

    def __init__(self, transformer, compute):
        first = transformer.get_submodule(next(iter(ARCHITECTURES[type(transformer).__name__].blocks)))[0]
        self.model, self.compute, self.seen = transformer, compute, []
        self.handles = [
            transformer.register_forward_pre_hook(self.outer, with_kwargs=True),
            first.register_forward_pre_hook(self.inner, with_kwargs=True),
        ]

    def __enter__(self):
        return self.seen

    def __exit__(self, *error):
        for handle in self.handles:
            handle.remove()

    def outer(self, module, args, kwargs):
        self.given = by_name(module, args, kwargs)

    def inner(self, block, args, kwargs):
        self.seen.append(self.compute(self.model, block, by_name(block, args, kwargs), self.given).clone())


def distances(cache):
    return [r.indicator_distance for r in cache.trace.records]


@pytest.fixture(params=READINGS, ids=" ".join)
def reading(request):
    return request.param


def test_the_recorded_indicator_is_the_one_computed_by_hand(reading):
    name, variant = reading
    system, hand = SYSTEMS[CLASSES[name]], BY_HAND[name]
    pipe = pipe_of(system.pipeline)
    compute = hand.variants.get(variant, hand.indicator)
    settings = Settings(threshold=0, variant=variant)
    with Watch(pipe.transformer, compute) as seen, TeaCache(pipe, settings=settings) as cache:
        run(pipe, system)
    records = cache.trace.records
    assert len(seen) == len(records)
    for branch in cache.trace.branches:
        calls = [r.call for r in records if r.branch == branch]
        assert records[calls[0]].indicator_distance is None
        for before, now in zip(calls, calls[1:], strict=False):
            wanted = float(relative_l1(seen[now], seen[before]))
            assert records[now].indicator_distance == pytest.approx(wanted, rel=1e-5)
            assert wanted > 0


@cache
def half(pipeline, dtype):
    return tiny.half(pipeline, dtype)


@pytest.mark.parametrize("name, variant", one_of_each(READINGS, lambda reading: traits(*reading)))
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=["bfloat16", "float16"])
@pytest.mark.parametrize("means", ["", "_rounded"], ids=["float32", "rounded"])
def test_in_half_precision_means_are_taken_in_float32_or_as_the_authors_take_them(
    name, variant, dtype, means
):
    """`_rounded`: their (new - old).abs().mean() / old.abs().mean(), bit for bit, on what they compare."""
    system, hand = SYSTEMS[CLASSES[name]], BY_HAND[name]
    pipe = half(system.pipeline, dtype)
    settings = Settings(threshold=0, variant=variant + means)
    compute = hand.variants.get(variant, hand.indicator)
    with Watch(pipe.transformer, compute) as seen, TeaCache(pipe, settings=settings) as cache:
        run(pipe, system)
    for branch in cache.trace.branches:
        first, *others = cache.trace.branch(branch)
        old = seen[first.call]
        for record in others:
            new = seen[record.call]
            if means:
                assert record.indicator_distance == float((new - old).abs().mean() / old.abs().mean())
            else:
                wanted = (new - old).abs().double().sum() / old.abs().double().sum()
                assert record.indicator_distance == pytest.approx(float(wanted), rel=1e-5)
            old = new


def test_latent_free_is_said_exactly_where_another_seed_changes_nothing(reading):
    """Which is where a replay of a trace is exact."""
    name, variant = reading
    system = SYSTEMS[CLASSES[name]]
    pipe = pipe_of(system.pipeline)
    found = []
    for seed, prompt in ((1, "a blue cube"), (2, "two green balls bouncing")):
        with TeaCache(pipe, settings=Settings(threshold=0, variant=variant)) as cache:
            run(pipe, system, seed=seed, prompt=prompt)
        found.append(distances(cache))
    assert cache.trace.latent_free == (found[0] == found[1])
    assert cache.trace.latent_free == ARCHITECTURES[name].read_as(variant).latent_free


def test_every_class_of_the_table_is_checked():
    assert set(CLASSES) == set(BY_HAND) == set(ARCHITECTURES)
    for name, hand in BY_HAND.items():
        theirs = {"authors"} if hand.variant_exits else set()
        assert set(ARCHITECTURES[name].variants) == set(hand.variants) | theirs


def test_the_exits_are_where_a_reader_of_the_forward_puts_them(reading):
    name, variant = reading
    hand = BY_HAND[name]
    wanted = hand.variant_exits if variant == "authors" and hand.variant_exits else hand.exits
    read = ARCHITECTURES[name].read_as(variant)
    assert dict(read.exits) == wanted
    assert dict(read.entries) == {stream: f"output:{path}" for stream, path in hand.entries.items()}


def test_a_decision_that_needs_no_distance_never_waits_for_the_device(monkeypatch):
    """A schedule, or a forced step: `decide` then reads nothing back, whatever the indicator."""
    read = []
    monkeypatch.setattr(torch.Tensor, "__float__", lambda tensor: read.append(tensor) or tensor.item())
    system = SYSTEMS["CogVideoX"]
    pipe = pipe_of(system.pipeline)
    settings = Settings(threshold=1, schedule=(True, False, True, False), variant="authors")
    with TeaCache(pipe, settings=settings) as cache:
        run(pipe, system)
        during = len(read)
        assert cache.trace.schedule == settings.schedule
    assert during == 0 < len(read)
