"""Latte, Allegro: cross-attention to T5, guidance as one call of twice the batch."""

from __future__ import annotations

from diffusers import (
    AllegroPipeline,
    AllegroTransformer3DModel,
    AutoencoderKL,
    AutoencoderKLAllegro,
    DDIMScheduler,
    EulerAncestralDiscreteScheduler,
    LattePipeline,
    LatteTransformer3DModel,
)

from tests.tiny import text


def latte() -> LattePipeline:
    tokenizer, encoder = text.t5()
    return LattePipeline(
        tokenizer=tokenizer,
        text_encoder=encoder,
        vae=AutoencoderKL(
            block_out_channels=(8, 8, 8, 8),
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            latent_channels=4,
            norm_num_groups=4,
            sample_size=32,
            mid_block_add_attention=False,
        ),
        transformer=LatteTransformer3DModel(
            num_attention_heads=2, attention_head_dim=8, in_channels=4, out_channels=8, num_layers=2,
            cross_attention_dim=16, caption_channels=text.WIDTH, attention_bias=True, sample_size=4,
            patch_size=2, video_length=4, activation_fn="gelu-approximate", num_embeds_ada_norm=1000,
            norm_type="ada_norm_single", norm_elementwise_affine=False, norm_eps=1e-6,
        ),
        scheduler=DDIMScheduler(clip_sample=False),
    )  # fmt: skip


def allegro() -> AllegroPipeline:
    tokenizer, encoder = text.t5()
    return AllegroPipeline(
        tokenizer=tokenizer,
        text_encoder=encoder,
        vae=AutoencoderKLAllegro(
            block_out_channels=(8, 8, 8, 8), latent_channels=4, layers_per_block=1, norm_num_groups=2,
            sample_size=32,
        ),
        transformer=AllegroTransformer3DModel(
            num_attention_heads=2, attention_head_dim=12, in_channels=4, out_channels=4, num_layers=2,
            cross_attention_dim=24, caption_channels=text.WIDTH, sample_width=4, sample_height=4,
            sample_frames=2,
        ),
        scheduler=EulerAncestralDiscreteScheduler(),
    )  # fmt: skip
