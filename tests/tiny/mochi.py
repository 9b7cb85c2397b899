"""Mochi: text and picture in two streams, batched guidance."""

from __future__ import annotations

from diffusers import (
    AutoencoderKLMochi,
    FlowMatchEulerDiscreteScheduler,
    MochiPipeline,
    MochiTransformer3DModel,
)

from tests.tiny import text


def mochi() -> MochiPipeline:
    tokenizer, encoder = text.t5()
    return MochiPipeline(
        tokenizer=tokenizer,
        text_encoder=encoder,
        vae=AutoencoderKLMochi(
            encoder_block_out_channels=(32, 32, 32, 32), decoder_block_out_channels=(32, 32, 32, 32),
            layers_per_block=(1, 1, 1, 1, 1),
        ),
        transformer=MochiTransformer3DModel(
            patch_size=2, num_attention_heads=2, attention_head_dim=8, num_layers=2, pooled_projection_dim=16,
            in_channels=12, qk_norm="rms_norm", text_embed_dim=text.WIDTH, time_embed_dim=4,
            activation_fn="swiglu", max_sequence_length=256,
        ),
        scheduler=FlowMatchEulerDiscreteScheduler(invert_sigmas=True, num_train_timesteps=1000),
    )  # fmt: skip
