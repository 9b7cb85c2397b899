"""Tiny components by the name of their class, for what tests/tiny builds no pipeline with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from diffusers import (
    AutoencoderKLHunyuanImageRefiner,
    CosmosControlNetModel,
    FlowMatchEulerDiscreteScheduler,
    FluxControlNetModel,
    LTXEulerAncestralRFScheduler,
    QwenImageControlNetModel,
    SD3ControlNetModel,
    UniPCMultistepScheduler,
    ZImageControlNetModel,
)
from diffusers.pipelines.ltx2.latent_upsampler import LTX2LatentUpsamplerModel
from transformers import (
    BatchEncoding,
    CLIPImageProcessorPil,
    CLIPVisionConfig,
    CLIPVisionModel,
    SiglipImageProcessorPil,
    SiglipVisionConfig,
    SiglipVisionModel,
)

from tests.tiny import cosmos, wan

Others = Mapping[str, Any]  # components that are there already
Maker = Callable[[Others], Any]

_SIZE = {"height": 16, "width": 16}
_EYE = {
    "intermediate_size": 8, "num_attention_heads": 1, "num_hidden_layers": 2, "image_size": 16,
    "patch_size": 8,
}  # fmt: skip


class ReadsTextOnly:
    """In place of a Qwen2-VL processor, whose pictures need torchvision: the words alone."""

    image_token_id = -1  # never met

    def __init__(self, tokenizer: Any):
        self.tokenizer = tokenizer
        self.decode = tokenizer.decode

    def __call__(self, *, text: list[str], images: Any, videos: Any = None, **how: Any) -> Any:
        words = self.tokenizer(text, **how)
        return BatchEncoding({**words, "pixel_values": None, "image_grid_thw": None})


def sizes(model: Any) -> dict[str, Any]:
    """The configuration of a tiny model, as arguments."""
    return {key: value for key, value in model.config.items() if not key.startswith("_")}


def _another_expert(others: Others) -> Any:
    """The second of two transformers of one kind, with weights of its own."""
    model = others["transformer"]
    return type(model)(**sizes(model))


def _controlled(kind: Any, *names: str, **more: Any) -> Maker:
    """A control network with these sizes of the transformer that it steers."""
    return lambda others: kind(**{n: others["transformer"].config[n] for n in names}, **more)


_SHARED = ("patch_size", "in_channels", "attention_head_dim", "num_attention_heads", "joint_attention_dim")


def qwen_controlnet(**more: Any) -> Maker:
    return _controlled(
        QwenImageControlNetModel, *_SHARED, "axes_dims_rope", "out_channels", num_layers=1, **more
    )


def sd3_controlnet(**more: Any) -> Maker:
    names = ("sample_size", "caption_projection_dim", "pooled_projection_dim", "out_channels", "qk_norm")
    return _controlled(SD3ControlNetModel, *_SHARED, *names, "pos_embed_max_size", num_layers=1, **more)


def _cosmos_controlnet(others: Others) -> CosmosControlNetModel:
    """Its first layers see the padding mask, which would need torchvision to be resized."""
    config = others["transformer"].config
    width = config.num_attention_heads * config.attention_head_dim
    return CosmosControlNetModel(
        n_controlnet_blocks=config.num_layers, in_channels=config.in_channels + 2,
        latent_channels=config.in_channels + 1,
        model_channels=width, num_attention_heads=config.num_attention_heads,
        attention_head_dim=config.attention_head_dim, mlp_ratio=2, text_embed_dim=config.text_embed_dim,
        adaln_lora_dim=4, max_size=config.max_size,
    )  # fmt: skip


def z_controlnet(*, with_mask: bool) -> Maker:
    """One that sees the control picture, or also what is kept of the first one, and where."""

    def make(others: Others) -> ZImageControlNetModel:
        config = others["transformer"].config
        channels = 2 * config.in_channels + 1 if with_mask else config.in_channels
        return ZImageControlNetModel(
            control_layers_places=[0], control_refiner_layers_places=[0], control_in_dim=channels,
            dim=config.dim, n_refiner_layers=1, n_heads=config.n_heads, n_kv_heads=config.n_kv_heads,
        )  # fmt: skip

    return make


def _refiner_autoencoder(_: Others) -> AutoencoderKLHunyuanImageRefiner:
    return AutoencoderKLHunyuanImageRefiner(
        latent_channels=4, block_out_channels=(32, 32, 32, 32), layers_per_block=1,
        spatial_compression_ratio=8, temporal_compression_ratio=4,
    )  # fmt: skip


def _upsampler(others: Others) -> LTX2LatentUpsamplerModel:
    return LTX2LatentUpsamplerModel(
        in_channels=others["vae"].config.latent_channels, mid_channels=32, num_blocks_per_stage=1,
        spatial_upsample=False, temporal_upsample=True, use_rational_resampler=False,
    )  # fmt: skip


COMPONENTS: dict[str, Maker] = {
    "AutoencoderKLHunyuanImageRefiner": _refiner_autoencoder,
    "AutoencoderKLWan": lambda _: wan.autoencoder(),
    "CLIPImageProcessorPil": lambda _: CLIPImageProcessorPil(crop_size=_SIZE, size=_SIZE),
    "CLIPVisionModel": lambda _: CLIPVisionModel(CLIPVisionConfig(hidden_size=8, projection_dim=8, **_EYE)),
    "CosmosControlNetModel": _cosmos_controlnet,
    "CosmosSafetyChecker": lambda _: cosmos.PassesEverything(),
    "FlowMatchEulerDiscreteScheduler": lambda _: FlowMatchEulerDiscreteScheduler(),
    "FluxControlNetModel": _controlled(
        FluxControlNetModel,
        *_SHARED,
        "axes_dims_rope",
        "pooled_projection_dim",
        num_layers=1,
        num_single_layers=1,
    ),
    "LTX2LatentUpsamplerModel": _upsampler,
    "LTXEulerAncestralRFScheduler": lambda _: LTXEulerAncestralRFScheduler(eta=0.5),
    "Qwen2VLProcessor": lambda others: ReadsTextOnly(others["tokenizer"]),
    "QwenImageControlNetModel": qwen_controlnet(),
    "SD3ControlNetModel": sd3_controlnet(),
    "SiglipImageProcessorPil": lambda _: SiglipImageProcessorPil(size=_SIZE),
    "SiglipVisionModel": lambda _: SiglipVisionModel(SiglipVisionConfig(hidden_size=12, **_EYE)),
    "UniPCMultistepScheduler": lambda _: UniPCMultistepScheduler(
        use_flow_sigmas=True, prediction_type="flow_prediction", flow_shift=3.0
    ),
    "WanTransformer3DModel": _another_expert,
    "WanVACETransformer3DModel": _another_expert,
    "ZImageControlNetModel": z_controlnet(with_mask=False),
}
