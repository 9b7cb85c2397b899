"""What the classes of diffusers do that a careless cache gets wrong, one test for each."""

from types import SimpleNamespace

import pytest
import torch
from diffusers import (
    HunyuanVideoTransformer3DModel,
    WanPipeline,
    WanTransformer3DModel,
)

from teacache import Architecture
from teacache.errors import UnsupportedModelError
from teacache.method.architectures import ARCHITECTURES
from teacache.method.cache import TeaCache
from teacache.method.gate import Settings
from tests import tiny
from tests.method.systems import MIXED, SYSTEMS, cached, pipe_of, run

AUTHORS = Settings(threshold=0, variant="authors")


@pytest.fixture(scope="module")
def half_wan(tmp_path_factory):
    """Wan as it is loaded from a checkpoint in bfloat16: the time embedder stays in float32."""
    folder = tmp_path_factory.mktemp("wan")
    pipe_of("WanPipeline").transformer.save_pretrained(folder)
    model = WanTransformer3DModel.from_pretrained(folder, torch_dtype=torch.bfloat16)
    return WanPipeline(**{**pipe_of("WanPipeline").components, "transformer": model.eval()})


def distances(cache):
    return [r.indicator_distance for r in cache.trace.records if r.indicator_distance is not None]


def test_the_time_embedding_of_wan_is_compared_in_float32_also_in_bfloat16(half_wan):
    """The model rounds it to bfloat16 on the way out, which alone would move the distances."""
    seen = {"returned": [], "inside": []}
    embedder = half_wan.transformer.condition_embedder
    handles = [
        embedder.register_forward_hook(lambda m, a, out: seen["returned"].append(out[0])),
        embedder.time_embedder.register_forward_hook(lambda m, a, out: seen["inside"].append(out)),
    ]
    half = cached(half_wan, SYSTEMS["Wan 2.1"], AUTHORS)[1]
    for handle in handles:
        handle.remove()
    full = cached(pipe_of("WanPipeline"), SYSTEMS["Wan 2.1"], AUTHORS)[1]
    assert {t.dtype for t in seen["returned"]} == {torch.bfloat16}
    assert {t.dtype for t in seen["inside"]} == {torch.float32}
    assert distances(half) == pytest.approx(distances(full), rel=1e-6)


def test_an_exit_that_gets_float32_gets_it_on_reused_calls_too(half_wan):
    """Wan feeds its last norm in float32; the residual is kept in the dtype of the tokens."""
    seen = []
    with TeaCache(half_wan, settings=MIXED) as cache:
        handle = half_wan.transformer.norm_out.register_forward_pre_hook(
            lambda m, args: seen.append(args[0].dtype)
        )
        latents = run(half_wan, SYSTEMS["Wan 2.1"])
        handle.remove()
    assert latents.isfinite().all()
    assert False in cache.trace.schedule and set(seen) == {torch.float32}


def calls_of(pipeline, **how):
    """The arguments of every call of one run of a pipeline, and the scheduler that led it."""
    pipe, kept = pipe_of(pipeline), []

    def keep(module, args, kwargs):
        assert not args
        kept.append({k: v.clone() if isinstance(v, torch.Tensor) else v for k, v in kwargs.items()})

    handle = pipe.transformer.register_forward_pre_hook(keep, with_kwargs=True)
    run(pipe, SYSTEMS[how.pop("system")], **how)
    handle.remove()
    return kept, pipe.scheduler


def filled(model):
    """Random numbers where weights start as zeros, as in every tiny pipeline."""
    numbers = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in model.parameters():
            if not parameter.any():
                parameter.copy_(torch.randn(parameter.shape, generator=numbers) * 0.05)
    return model.eval()


@torch.no_grad()
def replayed(model, scheduler, calls):
    return [model(**call)[0] for call in calls]


def check_both_ways(model, calls, scheduler):
    """Off is bit-identical, and a mixed run reuses and stays finite."""
    bare = SimpleNamespace(transformer=model, scheduler=scheduler)
    plain = replayed(model, scheduler, calls)
    with TeaCache(bare, 0) as cache:
        observed = replayed(model, scheduler, calls)
    with TeaCache(bare, settings=MIXED) as mixed:
        reused = replayed(model, scheduler, calls)
    assert all(torch.equal(a, b) for a, b in zip(plain, observed, strict=True))
    assert mixed.trace.schedule == (True, False, False, True)
    assert [torch.equal(a, b) for a, b in zip(plain, reused, strict=True)] == [True, False, False, True]
    assert all(out.isfinite().all() for out in reused)
    return cache


def test_blocks_that_replace_the_first_frames_tokens():
    """HunyuanVideo's image-to-video blocks take further arguments by position."""
    calls, scheduler = calls_of("HunyuanVideoPipeline", system="HunyuanVideo", steps=4)
    torch.manual_seed(0)
    config = pipe_of("HunyuanVideoPipeline").transformer.config
    model = filled(
        HunyuanVideoTransformer3DModel.from_config({**config, "image_condition_type": "token_replace"})
    )
    check_both_ways(model, calls, scheduler)


@pytest.mark.parametrize("variant", ["default", "authors", "authors_retention"])
def test_a_timestep_for_every_token(variant):
    """Wan 2.2 TI2V keeps the first frame clean: its tokens have timestep 0, the others the step's."""
    calls, scheduler = calls_of("WanPipeline", system="Wan 2.1", steps=4, guidance=1.0)
    model = pipe_of("WanPipeline").transformer
    frames, height, width = calls[0]["hidden_states"].shape[2:]
    for call in calls:
        tokens = torch.full((1, frames, height // 2, width // 2), float(call["timestep"][0]))
        tokens[:, 0] = 0
        call["timestep"] = tokens.flatten(1)
    cache = check_both_ways(model, calls, scheduler)
    assert [r.step for r in cache.trace.records] == [0, 1, 2, 3]
    bare = SimpleNamespace(transformer=model, scheduler=scheduler)
    with TeaCache(bare, settings=AUTHORS.replaced(variant=variant)) as cache:
        replayed(model, scheduler, calls)
    assert all(d > 0 for d in distances(cache))


def test_extra_calls_of_a_step_keep_to_their_own_branch():
    """LTX-2 asks the model up to three times a step: each kind is compared with its own kind only."""
    system = SYSTEMS["LTX-2, all guidance"]
    pipe = pipe_of(system.pipeline)
    _, cache = cached(pipe, system, MIXED)
    for branch in system.branches:
        assert [r.reason for r in cache.trace.branch(branch)] == ["first", *["scheduled"] * 3]
        assert [r.computed for r in cache.trace.branch(branch)] == [True, False, False, True]


def test_the_audio_of_ltx_2_is_reused_with_its_own_residual():
    system = SYSTEMS["LTX-2"]
    pipe = pipe_of(system.pipeline)
    sounds = [pipe(**tiny.call_arguments(pipe, steps=4, guidance=5.0)).audio for _ in range(2)]
    with TeaCache(pipe, settings=MIXED):
        reused = pipe(**tiny.call_arguments(pipe, steps=4, guidance=5.0)).audio
    assert torch.equal(*sounds)
    assert reused.shape == sounds[0].shape and not torch.equal(reused, sounds[0])
    assert (reused - sounds[0]).abs().mean() < sounds[0].abs().mean()


def test_the_face_of_consisid_is_not_looked_at_on_reused_calls():
    """Its attention stands between the blocks, outside them; what it adds is part of the residual."""
    system = SYSTEMS["ConsisID"]
    pipe = pipe_of(system.pipeline)
    looked = []
    handles = [
        m.to_q.register_forward_hook(lambda *_: looked.append(True))
        for m in pipe.transformer.perceiver_cross_attention
    ]
    cached(pipe, system, MIXED)
    for handle in handles:
        handle.remove()
    assert len(looked) == 2 * len(handles) > 0  # the two computed calls of four


def test_a_class_that_is_not_in_the_table_works_in_its_pipeline_from_one_line(monkeypatch):
    pipe, system = pipe_of("LTXPipeline"), SYSTEMS["LTX"]
    wanted, _ = cached(pipe, system, MIXED)
    monkeypatch.delitem(ARCHITECTURES, "LTXVideoTransformer3DModel")
    with pytest.raises(UnsupportedModelError, match=r"where LTXVideo\w+ keeps its blocks.*architecture="):
        TeaCache(pipe, 0.1)
    parts = Architecture(blocks={"transformer_blocks": ("hidden_states",)})
    with TeaCache(pipe, settings=MIXED, architecture=parts) as cache:
        assert torch.equal(run(pipe, system), wanted)
    assert False in cache.trace.schedule
