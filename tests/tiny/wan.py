"""Wan 2.1 and 2.2 with and without an image, and SanaVideo, which shares the autoencoder."""

from __future__ import annotations

from diffusers import (
    AutoencoderKLWan,
    DPMSolverMultistepScheduler,
    SanaVideoPipeline,
    SanaVideoTransformer3DModel,
    UniPCMultistepScheduler,
    WanImageToVideoPipeline,
    WanPipeline,
    WanTransformer3DModel,
)
from transformers import CLIPImageProcessorPil, CLIPVisionConfig, CLIPVisionModel

from tests.tiny import text

IMAGE_WIDTH = 8
CHANNELS = 4


def wan() -> WanPipeline:
    """Wan 2.1: one expert."""
    tokenizer, encoder = text.umt5()
    return WanPipeline(
        tokenizer=tokenizer,
        text_encoder=encoder,
        vae=autoencoder(),
        transformer=_transformer(),
        scheduler=scheduler(),
    )


def wan_at_full_size() -> WanPipeline:
    """Wan 2.1 for 480 x 832: patches so large that a frame has 24 tokens, and cheap to decode."""
    pipe = wan()
    config = dict(pipe.transformer.config) | {"patch_size": (1, 10, 26)}
    pipe.transformer = WanTransformer3DModel.from_config(config)
    pipe.register_modules(
        vae=AutoencoderKLWan(
            base_dim=4, z_dim=CHANNELS, dim_mult=[1, 1, 1], num_res_blocks=1,
            temperal_downsample=[True, True], patch_size=2, in_channels=12, out_channels=12,
            latents_mean=[0.1, -0.2, 0.0, 0.3], latents_std=[1.5, 2.0, 1.0, 0.8],
        )
    )  # fmt: skip
    return pipe


def wan_2_2() -> WanPipeline:
    """Wan 2.2 A14B: one expert for much noise, another below the boundary."""
    tokenizer, encoder = text.umt5()
    return WanPipeline(
        tokenizer=tokenizer,
        text_encoder=encoder,
        vae=autoencoder(),
        transformer=_transformer(),
        transformer_2=_transformer(),
        scheduler=scheduler(),
        boundary_ratio=0.875,
    )


def wan_image() -> WanImageToVideoPipeline:
    """Wan 2.1 I2V: the image goes in as latents with a mask and through CLIP."""
    tokenizer, encoder = text.umt5()
    return WanImageToVideoPipeline(
        tokenizer=tokenizer,
        text_encoder=encoder,
        **image_side(),
        vae=autoencoder(),
        transformer=_transformer(in_channels=2 * CHANNELS + 4, image_dim=IMAGE_WIDTH),
        scheduler=scheduler(),
    )


def sana_video() -> SanaVideoPipeline:
    tokenizer, encoder = text.gemma2()
    return SanaVideoPipeline(
        tokenizer=tokenizer,
        text_encoder=encoder,
        vae=autoencoder(),
        transformer=SanaVideoTransformer3DModel(
            in_channels=CHANNELS, out_channels=CHANNELS, num_attention_heads=2, attention_head_dim=12,
            num_layers=2, num_cross_attention_heads=2, cross_attention_head_dim=12, cross_attention_dim=24,
            caption_channels=text.WIDTH, sample_size=4, patch_size=(1, 2, 2), norm_elementwise_affine=False,
            qk_norm="rms_norm_across_heads", rope_max_seq_len=32,
        ),
        scheduler=DPMSolverMultistepScheduler(
            use_flow_sigmas=True, prediction_type="flow_prediction", flow_shift=8.0
        ),
    )  # fmt: skip


def autoencoder() -> AutoencoderKLWan:
    return AutoencoderKLWan(
        base_dim=4, z_dim=CHANNELS, dim_mult=[1, 1, 1, 1], num_res_blocks=1,
        latents_mean=[0.1, -0.2, 0.0, 0.3], latents_std=[1.5, 2.0, 1.0, 0.8],
    )  # fmt: skip


def image_side() -> dict:
    """CLIP's half for pictures."""
    size = {"height": 16, "width": 16}
    vision = CLIPVisionConfig(
        hidden_size=IMAGE_WIDTH, intermediate_size=8, projection_dim=8, num_attention_heads=1,
        num_hidden_layers=2, image_size=16, patch_size=8,
    )  # fmt: skip
    processor = CLIPImageProcessorPil(crop_size=size, size=size)
    return {"image_encoder": CLIPVisionModel(vision), "image_processor": processor}


SIZES = {
    "patch_size": (1, 2, 2), "num_attention_heads": 2, "attention_head_dim": 12, "out_channels": CHANNELS,
    "text_dim": text.WIDTH, "freq_dim": 32, "ffn_dim": 32, "num_layers": 2, "cross_attn_norm": True,
    "qk_norm": "rms_norm_across_heads", "rope_max_seq_len": 32,
}  # fmt: skip


def _transformer(in_channels: int = CHANNELS, image_dim: int | None = None) -> WanTransformer3DModel:
    return WanTransformer3DModel(**SIZES, in_channels=in_channels, image_dim=image_dim)


def scheduler() -> UniPCMultistepScheduler:
    return UniPCMultistepScheduler(use_flow_sigmas=True, prediction_type="flow_prediction", flow_shift=3.0)
