"""More models of one frame: FLUX.2 Klein, Chroma, CogView4, HunyuanImage (two calls), Stable Diffusion 3,
Z-Image and Lumina-Next (batched)."""

from __future__ import annotations

from diffusers import (
    AdaptiveProjectedMixGuidance,
    AutoencoderKLFlux2,
    AutoencoderKLHunyuanImage,
    ChromaPipeline,
    ChromaTransformer2DModel,
    CogView4Pipeline,
    CogView4Transformer2DModel,
    FlowMatchEulerDiscreteScheduler,
    Flux2KleinPipeline,
    Flux2Transformer2DModel,
    HunyuanImagePipeline,
    HunyuanImageTransformer2DModel,
    LuminaNextDiT2DModel,
    LuminaPipeline,
    SD3Transformer2DModel,
    StableDiffusion3Pipeline,
    ZImagePipeline,
    ZImageTransformer2DModel,
)

from tests.tiny import text
from tests.tiny.images import autoencoder


def flux2_klein() -> Flux2KleinPipeline:
    """Klein reads three layers of its text encoder; the last of them is the 27th."""
    tokenizer, encoder = text.qwen3(layers=27)
    return Flux2KleinPipeline(
        tokenizer=tokenizer,
        text_encoder=encoder,
        vae=AutoencoderKLFlux2(
            block_out_channels=(8, 8), layers_per_block=1, latent_channels=4, norm_num_groups=4,
            down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2,
            mid_block_add_attention=False,
        ),
        transformer=Flux2Transformer2DModel(
            patch_size=1, in_channels=16, num_layers=1, num_single_layers=2, attention_head_dim=16,
            num_attention_heads=2, joint_attention_dim=3 * text.WIDTH, timestep_guidance_channels=32,
            axes_dims_rope=(4, 4, 4, 4), guidance_embeds=False,
        ),
        scheduler=FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True),
    )  # fmt: skip


def chroma() -> ChromaPipeline:
    tokenizer, encoder = text.t5()
    return ChromaPipeline(
        tokenizer=tokenizer,
        text_encoder=encoder,
        vae=autoencoder(levels=4),
        transformer=ChromaTransformer2DModel(
            patch_size=1, in_channels=16, num_layers=1, num_single_layers=2, attention_head_dim=16,
            num_attention_heads=2, joint_attention_dim=text.WIDTH, axes_dims_rope=(4, 4, 8),
            approximator_num_channels=8, approximator_hidden_dim=16, approximator_layers=1,
        ),
        scheduler=FlowMatchEulerDiscreteScheduler(),
    )  # fmt: skip


def stable_diffusion_3() -> StableDiffusion3Pipeline:
    """As 3.5: the first blocks have a second attention."""
    tokenizer, encoder = text.clip(8, projection=True)
    tokenizer_2, encoder_2 = text.clip(8, projection=True)
    tokenizer_3, encoder_3 = text.t5()
    return StableDiffusion3Pipeline(
        tokenizer=tokenizer,
        text_encoder=encoder,
        tokenizer_2=tokenizer_2,
        text_encoder_2=encoder_2,
        tokenizer_3=tokenizer_3,
        text_encoder_3=encoder_3,
        vae=autoencoder(levels=4),
        transformer=SD3Transformer2DModel(
            sample_size=8, patch_size=2, in_channels=4, out_channels=4, num_layers=2, attention_head_dim=16,
            num_attention_heads=2, joint_attention_dim=text.WIDTH, caption_projection_dim=32,
            pooled_projection_dim=16, pos_embed_max_size=16, dual_attention_layers=(0,), qk_norm="rms_norm",
        ),
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0),
    )  # fmt: skip


def cogview4() -> CogView4Pipeline:
    tokenizer, encoder = text.gemma()
    return CogView4Pipeline(
        tokenizer=tokenizer,
        text_encoder=encoder,
        vae=autoencoder(levels=4),
        transformer=CogView4Transformer2DModel(
            in_channels=4, out_channels=4, num_layers=2, attention_head_dim=8, num_attention_heads=2,
            text_embed_dim=text.WIDTH, time_embed_dim=8, condition_dim=4, rope_axes_dim=(16, 16),
        ),
        scheduler=FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True),
    )  # fmt: skip


def hunyuan_image() -> HunyuanImagePipeline:
    tokenizer, encoder = text.qwen_vision()
    tokenizer_2, encoder_2 = text.byt5()
    return HunyuanImagePipeline(
        tokenizer=tokenizer,
        text_encoder=encoder,
        tokenizer_2=tokenizer_2,
        text_encoder_2=encoder_2,
        vae=AutoencoderKLHunyuanImage(
            in_channels=3, out_channels=3, latent_channels=8, block_out_channels=(32, 32, 32, 32),
            layers_per_block=1, spatial_compression_ratio=8, sample_size=32, scaling_factor=0.75,
        ),
        transformer=HunyuanImageTransformer2DModel(
            in_channels=8, out_channels=8, num_attention_heads=2, attention_head_dim=8, num_layers=1,
            num_single_layers=1, num_refiner_layers=1, text_embed_dim=text.WIDTH, text_embed_2_dim=text.WIDTH,
            rope_axes_dim=(4, 4),
        ),
        scheduler=FlowMatchEulerDiscreteScheduler(shift=5.0),
        guider=AdaptiveProjectedMixGuidance(guidance_scale=3.5),
    )  # fmt: skip


def z_image() -> ZImagePipeline:
    tokenizer, encoder = text.qwen3(layers=2)
    return ZImagePipeline(
        tokenizer=tokenizer,
        text_encoder=encoder,
        vae=autoencoder(levels=4),
        transformer=ZImageTransformer2DModel(
            in_channels=4, dim=32, n_layers=2, n_refiner_layers=1, n_heads=2, n_kv_heads=2,
            cap_feat_dim=text.WIDTH, axes_dims=[4, 6, 6], axes_lens=[256, 32, 32],
        ),
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0),
    )  # fmt: skip


def lumina_next() -> LuminaPipeline:
    tokenizer, encoder = text.gemma()
    transformer = LuminaNextDiT2DModel(
        sample_size=8, patch_size=2, in_channels=4, hidden_size=24, num_layers=2, num_attention_heads=3,
        num_kv_heads=1, multiple_of=16, cross_attention_dim=text.WIDTH,
    )  # fmt: skip
    transformer.pad_token.data.fill_(1)  # the class leaves there what memory held, and never reads it
    return LuminaPipeline(
        tokenizer=tokenizer,
        text_encoder=encoder,
        vae=autoencoder(levels=4),
        transformer=transformer,
        scheduler=FlowMatchEulerDiscreteScheduler(),
    )
