"""Models of one frame: FLUX.1 (distilled guidance), Lumina2 and QwenImage (two calls), HiDream (batched)."""

from __future__ import annotations

from diffusers import (
    AutoencoderKL,
    AutoencoderKLQwenImage,
    FlowMatchEulerDiscreteScheduler,
    FluxPipeline,
    FluxTransformer2DModel,
    HiDreamImagePipeline,
    HiDreamImageTransformer2DModel,
    Lumina2Pipeline,
    Lumina2Transformer2DModel,
    QwenImagePipeline,
    QwenImageTransformer2DModel,
    UniPCMultistepScheduler,
)

from tests.tiny import text


def flux() -> FluxPipeline:
    tokenizer, encoder = text.clip(16)
    tokenizer_2, encoder_2 = text.t5()
    return FluxPipeline(
        tokenizer=tokenizer,
        text_encoder=encoder,
        tokenizer_2=tokenizer_2,
        text_encoder_2=encoder_2,
        vae=autoencoder(levels=4),
        transformer=FluxTransformer2DModel(
            patch_size=1, in_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=16,
            num_attention_heads=2, joint_attention_dim=text.WIDTH, pooled_projection_dim=16,
            axes_dims_rope=(4, 4, 8), guidance_embeds=True,
        ),
        scheduler=FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True, shift=3.0),
    )  # fmt: skip


def lumina2() -> Lumina2Pipeline:
    tokenizer, encoder = text.gemma2()
    return Lumina2Pipeline(
        tokenizer=tokenizer,
        text_encoder=encoder,
        vae=autoencoder(levels=4),  # the pipeline takes it for granted that pictures shrink by 8
        transformer=Lumina2Transformer2DModel(
            sample_size=4, patch_size=2, in_channels=4, hidden_size=24, num_layers=2, num_refiner_layers=1,
            num_attention_heads=3, num_kv_heads=1, multiple_of=16, axes_dim_rope=(4, 2, 2),
            axes_lens=(300, 64, 64), cap_feat_dim=text.WIDTH,
        ),
        scheduler=FlowMatchEulerDiscreteScheduler(shift=6.0),
    )  # fmt: skip


def hidream() -> HiDreamImagePipeline:
    tokenizer, encoder = text.clip(16, projection=True)
    tokenizer_2, encoder_2 = text.clip(16, projection=True)
    tokenizer_3, encoder_3 = text.t5()
    tokenizer_4, encoder_4 = text.llama(language_model=True)
    return HiDreamImagePipeline(
        tokenizer=tokenizer,
        text_encoder=encoder,
        tokenizer_2=tokenizer_2,
        text_encoder_2=encoder_2,
        tokenizer_3=tokenizer_3,
        text_encoder_3=encoder_3,
        tokenizer_4=tokenizer_4,
        text_encoder_4=encoder_4,
        vae=autoencoder(levels=4),
        transformer=HiDreamImageTransformer2DModel(
            patch_size=2, in_channels=4, out_channels=4, num_layers=1, num_single_layers=1,
            attention_head_dim=8, num_attention_heads=4, caption_channels=[text.WIDTH, text.WIDTH],
            text_emb_dim=32, num_routed_experts=4, num_activated_experts=2, axes_dims_rope=(4, 2, 2),
            max_resolution=(32, 32), llama_layers=[0, 1],
        ),
        scheduler=UniPCMultistepScheduler(
            use_flow_sigmas=True, prediction_type="flow_prediction", flow_shift=3.0
        ),
    )  # fmt: skip


def qwen_image() -> QwenImagePipeline:
    tokenizer, encoder = text.qwen_vision()
    return QwenImagePipeline(
        tokenizer=tokenizer,
        text_encoder=encoder,
        vae=AutoencoderKLQwenImage(
            base_dim=4, z_dim=4, dim_mult=[1, 1, 1, 1], num_res_blocks=1,
            latents_mean=[0.1, -0.2, 0.0, 0.3], latents_std=[1.5, 2.0, 1.0, 0.8],
        ),
        transformer=QwenImageTransformer2DModel(
            patch_size=2, in_channels=16, out_channels=4, num_layers=2, attention_head_dim=16,
            num_attention_heads=2, joint_attention_dim=text.WIDTH, axes_dims_rope=(4, 6, 6),
        ),
        scheduler=FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True),
    )  # fmt: skip


def autoencoder(levels: int) -> AutoencoderKL:
    return AutoencoderKL(
        block_out_channels=(8,) * levels,
        down_block_types=("DownEncoderBlock2D",) * levels,
        up_block_types=("UpDecoderBlock2D",) * levels,
        latent_channels=4,
        norm_num_groups=4,
        sample_size=32,
        shift_factor=0.1,
        scaling_factor=0.36,
        mid_block_add_attention=False,
    )
