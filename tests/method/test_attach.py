"""What TeaCache attaches to, what it refuses, and what it says then."""

import copy
from types import SimpleNamespace

import pytest
import torch
from diffusers import (
    PyramidAttentionBroadcastConfig,
    apply_pyramid_attention_broadcast,
)
from torch import nn

from teacache.errors import AttachError, SettingsError, UnsupportedModelError
from teacache.method.architectures import ARCHITECTURES, Architecture, Variant
from teacache.method.cache import TeaCache
from teacache.method.gate import Settings
from tests.method.sampling import MIXED, inputs, loop

LATTE = ARCHITECTURES["LatteTransformer3DModel"]


def unlisted(monkeypatch):
    """From now on the class is not in the table."""
    monkeypatch.delitem(ARCHITECTURES, "LatteTransformer3DModel")


def test_an_unknown_class_is_refused_with_the_known_ones_and_the_way_out(bare, monkeypatch):
    unlisted(monkeypatch)
    with pytest.raises(UnsupportedModelError) as caught:
        TeaCache(bare, 0.1)
    for part in ("LatteTransformer3DModel", "WanTransformer3DModel", "architecture=Architecture(blocks="):
        assert part in str(caught.value)


def test_a_pipeline_without_a_transformer_is_refused():
    with pytest.raises(UnsupportedModelError, match="no transformer"):
        TeaCache(SimpleNamespace(unet=nn.Identity()), 0.1)


def test_a_class_outside_the_table_works_once_its_parts_are_named(bare, monkeypatch):
    with TeaCache(bare, settings=MIXED):
        wanted = loop(bare)
    unlisted(monkeypatch)
    with TeaCache(bare, settings=MIXED, architecture=LATTE) as cache:
        got = loop(bare)
    assert cache.trace.schedule == MIXED.schedule
    assert all(torch.equal(a, b) for a, b in zip(got, wanted, strict=True))


@pytest.mark.parametrize("indicator", ["argument:timestep", "output:adaln_single"])
def test_the_other_indicator_sources(bare, indicator):
    """Both read the timestep embedding: it does not depend on the latents, and nothing is computed before
    it."""
    parts = Architecture(blocks=LATTE.blocks, indicator=indicator, embedding="output:adaln_single")
    with TeaCache(bare, 1e9, architecture=parts) as cache:
        loop(bare)
    records = cache.trace.records
    assert [r.computed for r in records] == [True, False, False, False, False, True]
    for record in records[1:]:
        assert record.indicator_distance == pytest.approx(record.embedding_distance, rel=1e-5)


def test_an_embedding_may_be_an_argument_of_the_block_or_missing(bare):
    distances = []
    for embedding in ("argument:timestep", "output:adaln_single", None):
        parts = Architecture(blocks=LATTE.blocks, embedding=embedding)
        with TeaCache(bare, 0, architecture=parts) as cache:
            loop(bare)
        distances.append([r.embedding_distance for r in cache.trace.records[1:]])
    assert distances[0] == pytest.approx(distances[1], rel=1e-5)
    assert distances[2] == [None] * 5


def test_a_variant_changes_only_what_it_names():
    parts = Architecture(
        blocks=LATTE.blocks,
        variants={
            "authors": Variant(indicator="argument:temb", latent_free=True),
            "later": Variant(exits={"proj_out": "hidden_states"}),
        },
    )
    theirs, later = parts.read_as("authors"), parts.read_as("later")
    assert (theirs.indicator, theirs.exits, theirs.latent_free) == ("argument:temb", parts.exits, True)
    assert (later.indicator, dict(later.exits)) == (parts.indicator, {"proj_out": "hidden_states"})
    assert parts.read_as("default") is parts
    assert LATTE.read_as("authors") is LATTE  # they read Latte as we do


def test_an_unknown_variant_is_refused_with_the_known_ones(bare):
    with pytest.raises(SettingsError, match="one of default, authors, embedding, latent: give"):
        TeaCache(bare, settings=Settings(threshold=0.1, variant="author"))


@pytest.mark.parametrize(
    "wrong, named",
    [
        ({"blocks": {"layers": ("hidden_states",)}}, "layers"),
        ({"indicator": "input:attn"}, "'attn'"),
        ({"exits": {"norm_final": "hidden_states"}}, "norm_final"),
        ({"embedding": "output:time_embed"}, "time_embed"),
        ({"blocks": {}}, "no blocks"),
    ],
)
def test_a_wrong_name_is_refused_and_nothing_stays_attached(bare, wrong, named):
    parts = Architecture(**{"blocks": LATTE.blocks, "embedding": "output:adaln_single", **wrong})
    names = {name: set(vars(m)) for name, m in bare.transformer.named_modules()}
    with pytest.raises(UnsupportedModelError, match=named):
        TeaCache(bare, 0.1, architecture=parts).attach()
    assert {name: set(vars(m)) for name, m in bare.transformer.named_modules()} == names
    with TeaCache(bare, 0.1):
        loop(bare)


@pytest.mark.parametrize(
    "wrong, named",
    [
        ({"indicator": "input:ff.net"}, "`indicator`"),  # a list of modules is never called itself
        ({"exits": {"caption_projection": "hidden_states"}}, "`exits`"),  # runs before the blocks
        ({"exits": {"transformer_blocks": "hidden_states"}}, "`exits`"),  # never runs
        ({"exits": {"proj_out": "hidden_states", "pos_embed": "encoder_hidden_states"}}, "`exits`"),
    ],
)
def test_a_forward_that_goes_past_the_taps_is_an_error_not_a_wrong_video(bare, wrong, named):
    parts = Architecture(**{"blocks": LATTE.blocks, "embedding": None, **wrong})
    with pytest.raises(AttachError, match=named), TeaCache(bare, 1e9, architecture=parts):
        loop(bare)


def test_an_exit_that_sees_another_shape_is_an_error(bare):
    parts = Architecture(blocks={"temporal_transformer_blocks": ("hidden_states",)}, embedding=None)
    shapes = r"\(32, 4, 16\) but .* \(8, 16, 16\)"
    with pytest.raises(AttachError, match=shapes), TeaCache(bare, 1e9, architecture=parts):
        loop(bare)


def test_attaching_twice_is_refused(bare):
    with TeaCache(bare, 0.1) as cache:
        with pytest.raises(AttachError, match=r"already attached.*detach\(\)"):
            cache.attach()
        with pytest.raises(AttachError, match=r"already attached.*detach\(\)"), TeaCache(bare, 0):
            pass
        assert cache.attached
        loop(bare)
    assert len(cache.trace.records) == 6


def broadcast():
    return PyramidAttentionBroadcastConfig(
        spatial_attention_block_skip_range=2, current_timestep_callback=lambda: 500
    )


def test_another_cache_is_refused_before_and_after(bare):
    bare.transformer.enable_cache(broadcast())
    with pytest.raises(AttachError, match=r"disable_cache\(\)"), TeaCache(bare, 0.1):
        pass
    bare.transformer.disable_cache()
    with TeaCache(bare, 0.1):
        loop(bare)
        bare.transformer.enable_cache(broadcast())
        with pytest.raises(AttachError, match="one at a time"):
            loop(bare)
        bare.transformer.disable_cache()


@pytest.mark.parametrize("threshold", [0, 0.1])
def test_a_cache_that_was_applied_around_the_parts_is_refused_too(bare, threshold):
    apply_pyramid_attention_broadcast(bare.transformer, broadcast())
    with pytest.raises(AttachError, match="another cache"), TeaCache(bare, threshold):
        pass


@pytest.mark.parametrize("threshold", [0, 0.1])
def test_gradients_are_refused_at_the_call(bare, threshold):
    bare.scheduler.set_timesteps(2)
    when = bare.scheduler.timesteps[:1].expand(2)
    with TeaCache(bare, threshold):
        with pytest.raises(AttachError, match=r"torch\.no_grad\(\)"):
            bare.transformer(timestep=when, **inputs())
        with torch.inference_mode():
            bare.transformer(timestep=when, **inputs())


def test_a_threshold_must_be_given_somewhere(bare):
    with pytest.raises(SettingsError, match="threshold"):
        TeaCache(bare)
    with pytest.raises(SettingsError, match="threshold"):
        TeaCache(bare, -1)


def test_two_experts_share_one_clock_and_neither_reuses_the_others_residual(bare):
    """As in pipelines with a second transformer for the later, less noisy steps."""
    pipe = SimpleNamespace(
        transformer=bare.transformer,
        transformer_2=copy.deepcopy(bare.transformer),
        scheduler=bare.scheduler,
    )
    pipe.scheduler.set_timesteps(6)
    with torch.no_grad(), TeaCache(pipe, 1e9) as cache:
        for step, t in enumerate(pipe.scheduler.timesteps):
            expert = pipe.transformer if step < 3 else pipe.transformer_2
            expert(timestep=t[None].expand(2), **inputs(step))
    assert [r.step for r in cache.trace.records] == list(range(6))
    assert [r.reason for r in cache.trace.records] == [
        "first", "below_threshold", "below_threshold", "no_residual", "below_threshold", "last",
    ]  # fmt: skip


def test_compiled_blocks_give_the_same_and_stay_compiled(bare):
    """Attached after compiling; block 0 runs eagerly, the others run their graph on computed calls only."""
    eager = SimpleNamespace(transformer=copy.deepcopy(bare.transformer), scheduler=bare.scheduler)
    ran = []

    def backend(graph, examples):
        def run(*args):
            ran.append(True)
            return graph(*args)

        return run

    for name in ("transformer_blocks", "temporal_transformer_blocks"):
        for block in getattr(bare.transformer, name):
            block.compile(backend=backend)
    loop(bare, steps=2)
    settings = Settings(threshold=1, schedule=(True, False, True, False))
    with TeaCache(eager, settings=settings):
        wanted = loop(eager, steps=4)
    ran.clear()
    with TeaCache(bare, settings=settings) as cache:
        got = loop(bare, steps=4)
    assert cache.trace.schedule == (True, False, True, False)
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(got, wanted, strict=True))
    assert len(ran) == 2 * 3  # computed calls times the blocks after the first


@pytest.mark.parametrize("threshold", [0, 0.1])
def test_a_cache_that_is_applied_around_the_parts_later_is_refused_at_the_next_run(bare, threshold):
    with TeaCache(bare, threshold):
        loop(bare)
        apply_pyramid_attention_broadcast(bare.transformer, broadcast())
        with pytest.raises(AttachError, match="one at a time"):
            loop(bare)


def test_a_transformer_that_was_exchanged_in_the_meantime_is_named(bare):
    cache = TeaCache(bare, 0.1)
    bare.transformer = copy.deepcopy(bare.transformer)
    with pytest.raises(AttachError, match=r"^pipe\.transformer is another module than when"):
        cache.attach()
    with TeaCache(bare, 0.1):
        loop(bare)
