"""A baseline is lent only by the very same pipeline: parts, weights, adapters, and all they are set to."""

import copy

import pytest
import torch
from diffusers import DDIMScheduler
from diffusers.hooks import LayerSkipConfig, apply_layer_skip
from diffusers.models.attention_processor import AttnProcessor
from peft import LoraConfig

from teacache.method.gate import Settings
from teacache.runs import Baselines
from teacache.runs.identity import identity_of, weights
from tests import tiny as every
from tests.runs import tiny
from tests.runs.running import OFF, finish


@pytest.fixture
def own(tiny_folder):
    """A pipeline that may be changed."""
    return tiny.load(tiny_folder)


def lending(pipe, request_):
    """A function: whether the run made now is lent."""
    from teacache.runs.adapters import checked

    baselines, asked = Baselines(), checked(pipe, request_)
    baselines.put(pipe, asked, finish(pipe, request_, settings=OFF)[0])
    return lambda: baselines.get(pipe, asked) is not None


@pytest.fixture
def lent(own, request_):
    return lending(own, request_)


def another_scheduler(pipe) -> None:
    pipe.scheduler = DDIMScheduler.from_config(pipe.scheduler.config, prediction_type="epsilon")


def another_vae(pipe) -> None:
    pipe.vae = type(pipe.vae).from_config(pipe.vae.config)


def another_text_encoder(pipe) -> None:
    pipe.text_encoder = type(pipe.text_encoder)(pipe.text_encoder.config)


def changed_in_place(pipe) -> None:
    with torch.no_grad():
        list(pipe.transformer.parameters())[-1].view(-1)[-1].add_(1)


def fused_as_peft_does(pipe) -> None:
    pipe.transformer.transformer_blocks[0].attn1.to_q.weight.data += 0.01


def converted(pipe) -> None:
    pipe.vae.to(torch.float64)


@pytest.mark.parametrize(
    "change",
    [
        another_scheduler, another_vae, another_text_encoder, changed_in_place, fused_as_peft_does, converted,
    ],
)  # fmt: skip
def test_a_pipeline_that_was_changed_gets_no_baseline_from_before(own, lent, change):
    assert lent()
    change(own)
    assert not lent()


def test_weights_made_in_inference_mode_can_be_told_apart_too(own, request_):
    with torch.inference_mode():
        layer = torch.nn.Linear(4, 4)
    before = weights(layer)
    assert weights(layer) == before
    with torch.inference_mode():
        layer.weight.add_(1)
    assert weights(layer) != before


def with_lora(pipe, name):
    torch.manual_seed(0)
    layers = LoraConfig(r=4, lora_alpha=64, target_modules=["to_q", "to_v"], init_lora_weights=False)
    pipe.transformer.add_adapter(layers, name)


@pytest.mark.parametrize(
    "change",
    [
        lambda pipe: pipe.set_adapters("style", 0.1),
        lambda pipe: pipe.set_adapters(["style", "other"]),
        lambda pipe: pipe.set_adapters("other"),
        lambda pipe: pipe.transformer.disable_adapters(),
        lambda pipe: pipe.transformer.delete_adapters("other"),
        lambda pipe: pipe.fuse_lora(components=["transformer"]),
        lambda pipe: with_lora(pipe, "third"),
    ],
    ids=["weight", "two at once", "another", "none", "deleted", "fused", "added"],
)
def test_a_lora_is_part_of_what_was_run(change):
    pipe = every.build("WanPipeline")
    with_lora(pipe, "style")
    with_lora(pipe, "other")
    pipe.set_adapters("style")
    before = identity_of(pipe)
    assert identity_of(pipe) == before
    change(pipe)
    assert identity_of(pipe) != before


class OtherProcessor(AttnProcessor):
    """Attention computed by somebody else."""


@pytest.mark.parametrize(
    "change",
    [
        lambda pipe: pipe.transformer.register_to_config(video_length=3),
        lambda pipe: pipe.vae.enable_tiling(),
        lambda pipe: pipe.vae.enable_slicing(),
        lambda pipe: pipe.vae.register_to_config(scaling_factor=0.5),
        lambda pipe: setattr(pipe.vae, "tile_latent_min_size", 3),
        lambda pipe: setattr(pipe, "vae_scale_factor", 4),
        lambda pipe: setattr(pipe.tokenizer, "model_max_length", 3),
        lambda pipe: setattr(pipe, "tokenizer", copy.deepcopy(pipe.tokenizer)),
        lambda pipe: pipe.transformer.transformer_blocks[0].attn1.set_processor(OtherProcessor()),
        lambda pipe: setattr(pipe.transformer.transformer_blocks[0].attn1, "scale", 2.0),
        lambda pipe: pipe.transformer.set_attention_backend("_native_math"),
        lambda pipe: setattr(pipe.transformer, "training", True),
        lambda pipe: apply_layer_skip(
            pipe.transformer, LayerSkipConfig(indices=[0], fqn="transformer_blocks")
        ),
        lambda pipe: pipe.transformer.proj_out.register_forward_hook(lambda module, args, out: 2 * out),
        lambda pipe: setattr(pipe, "some_part_of_mine", lambda image: image),
    ],
)
def test_any_setting_of_a_part_is_part_of_what_was_run(own, lent, change):
    assert lent()
    change(own)
    assert not lent()


def test_the_configuration_of_the_pipeline_is_part_of_what_was_run():
    pipe = every.build("Wan 2.2")
    before = identity_of(pipe)
    pipe.register_to_config(boundary_ratio=0.3)
    assert identity_of(pipe) != before


@pytest.fixture
def switches():
    """Torch's own, put back."""
    threads, deterministic = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    precision = torch.get_float32_matmul_precision()
    yield
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(deterministic)
    torch.set_float32_matmul_precision(precision)


@pytest.mark.parametrize(
    "change",
    [
        lambda: torch.set_num_threads(torch.get_num_threads() + 1),
        lambda: torch.use_deterministic_algorithms(True),
        lambda: torch.set_float32_matmul_precision("medium"),
    ],
)
def test_a_switch_of_torch_is_part_of_what_was_run(lent, switches, change):
    assert lent()
    change()
    assert not lent()


@pytest.mark.parametrize("name", [*every.PIPELINES, *every.VARIANTS])
def test_after_a_run_another_changes_nothing_of_what_it_is_known_by(name):
    """Else no baseline would ever be lent. The first may: text encoders get hooks of their own then."""
    pipe = every.build(name)

    def known_after_a_run():
        pipe(**every.call_arguments(pipe, steps=4, guidance=1.0))
        if hasattr(pipe, "guider"):
            pipe.guider = guider  # that the call's arguments exchanged
        return identity_of(pipe)

    guider = getattr(pipe, "guider", None)
    assert known_after_a_run() == known_after_a_run()


def test_the_threshold_alone_is_no_reason_to_run_again(own, lent):
    own.teacache_settings = Settings(threshold=0.7)
    own.teacache_reason = "another"
    assert lent()
