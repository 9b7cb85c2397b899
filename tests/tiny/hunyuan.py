"""HunyuanVideo (distilled guidance: one call a step) and HunyuanVideo 1.5 (a guider: two calls)."""

from __future__ import annotations

from diffusers import (
    AutoencoderKLHunyuanVideo,
    AutoencoderKLHunyuanVideo15,
    ClassifierFreeGuidance,
    FlowMatchEulerDiscreteScheduler,
    HunyuanVideo15Pipeline,
    HunyuanVideo15Transformer3DModel,
    HunyuanVideoFramepackPipeline,
    HunyuanVideoFramepackTransformer3DModel,
    HunyuanVideoPipeline,
    HunyuanVideoTransformer3DModel,
)
from transformers import SiglipImageProcessorPil, SiglipVisionConfig, SiglipVisionModel

from tests.tiny import text


def hunyuan_video() -> HunyuanVideoPipeline:
    tokenizer, encoder = text.llama()
    tokenizer_2, encoder_2 = text.clip(8)
    return HunyuanVideoPipeline(
        tokenizer=tokenizer,
        text_encoder=encoder,
        tokenizer_2=tokenizer_2,
        text_encoder_2=encoder_2,
        vae=autoencoder(),
        transformer=HunyuanVideoTransformer3DModel(
            in_channels=4, out_channels=4, num_attention_heads=2, attention_head_dim=10, num_layers=1,
            num_single_layers=1, num_refiner_layers=1, patch_size=1, patch_size_t=1, guidance_embeds=True,
            text_embed_dim=text.WIDTH, pooled_projection_dim=8, rope_axes_dim=(2, 4, 4),
        ),
        scheduler=FlowMatchEulerDiscreteScheduler(shift=7.0),
    )  # fmt: skip


def hunyuan_video_15() -> HunyuanVideo15Pipeline:
    tokenizer, encoder = text.qwen_text()
    tokenizer_2, encoder_2 = text.byt5()
    return HunyuanVideo15Pipeline(
        tokenizer=tokenizer,
        text_encoder=encoder,
        tokenizer_2=tokenizer_2,
        text_encoder_2=encoder_2,
        vae=AutoencoderKLHunyuanVideo15(
            block_out_channels=(16, 16, 16), latent_channels=4, layers_per_block=1,
            spatial_compression_ratio=4, temporal_compression_ratio=4,
        ),
        transformer=HunyuanVideo15Transformer3DModel(
            in_channels=9, out_channels=4, num_attention_heads=2, attention_head_dim=8, num_layers=2,
            num_refiner_layers=1, mlp_ratio=2.0, patch_size=1, patch_size_t=1, text_embed_dim=text.WIDTH,
            text_embed_2_dim=text.WIDTH, image_embed_dim=12, rope_axes_dim=(2, 2, 4), target_size=16,
            task_type="t2v",
        ),
        scheduler=FlowMatchEulerDiscreteScheduler(shift=5.0),
        guider=ClassifierFreeGuidance(guidance_scale=6.0),
    )  # fmt: skip


def framepack() -> HunyuanVideoFramepackPipeline:
    """Makes its clip in sections, each with the frames made before in front of its own."""
    tokenizer, encoder = text.llama()
    tokenizer_2, encoder_2 = text.clip(8)
    vision = SiglipVisionConfig(
        hidden_size=8, intermediate_size=8, num_attention_heads=1, num_hidden_layers=1, image_size=16,
        patch_size=8,
    )  # fmt: skip
    return HunyuanVideoFramepackPipeline(
        tokenizer=tokenizer,
        text_encoder=encoder,
        tokenizer_2=tokenizer_2,
        text_encoder_2=encoder_2,
        image_encoder=SiglipVisionModel(vision),
        feature_extractor=SiglipImageProcessorPil(size={"height": 16, "width": 16}),
        vae=autoencoder(),
        transformer=HunyuanVideoFramepackTransformer3DModel(
            in_channels=4, out_channels=4, num_attention_heads=2, attention_head_dim=10, num_layers=1,
            num_single_layers=1, num_refiner_layers=1, patch_size=2, patch_size_t=1, guidance_embeds=True,
            text_embed_dim=text.WIDTH, pooled_projection_dim=8, rope_axes_dim=(2, 4, 4),
            has_image_proj=True, image_proj_dim=8, has_clean_x_embedder=True,
        ),
        scheduler=FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True),
    )  # fmt: skip


def autoencoder() -> AutoencoderKLHunyuanVideo:
    return AutoencoderKLHunyuanVideo(
        block_out_channels=(8, 8, 8, 8), latent_channels=4, layers_per_block=1, norm_num_groups=4,
        mid_block_add_attention=False,
    )  # fmt: skip
