"""CogVideoX, with and without an image, and ConsisID: text and picture in one sequence, batched guidance."""

from __future__ import annotations

from diffusers import (
    AutoencoderKLCogVideoX,
    CogVideoXDDIMScheduler,
    CogVideoXDPMScheduler,
    CogVideoXImageToVideoPipeline,
    CogVideoXPipeline,
    CogVideoXTransformer3DModel,
    ConsisIDTransformer3DModel,
)

# Not in the library's namespace without OpenCV, which only its key points need; they are not used here.
from diffusers.pipelines.consisid.pipeline_consisid import ConsisIDPipeline

from tests.tiny import text

_SIZES = {
    "num_attention_heads": 2, "attention_head_dim": 16, "out_channels": 4, "time_embed_dim": 8,
    "text_embed_dim": text.WIDTH, "num_layers": 2, "sample_width": 8, "sample_height": 8, "sample_frames": 5,
    "patch_size": 2, "temporal_compression_ratio": 4, "max_text_seq_length": 226,
}  # fmt: skip


def cogvideox() -> CogVideoXPipeline:
    """As the 2B model: learned position table, DDIM."""
    tokenizer, encoder = text.t5()
    return CogVideoXPipeline(
        tokenizer=tokenizer,
        text_encoder=encoder,
        vae=_autoencoder(),
        transformer=CogVideoXTransformer3DModel(in_channels=4, **_SIZES),
        scheduler=_scheduler(CogVideoXDDIMScheduler),
    )


def cogvideox_image() -> CogVideoXImageToVideoPipeline:
    """As the 5B models: rotary positions, DPM; the image's latents are half of the input channels."""
    tokenizer, encoder = text.t5()
    return CogVideoXImageToVideoPipeline(
        tokenizer=tokenizer,
        text_encoder=encoder,
        vae=_autoencoder(),
        transformer=CogVideoXTransformer3DModel(
            in_channels=8, use_rotary_positional_embeddings=True, **_SIZES
        ),
        scheduler=_scheduler(CogVideoXDPMScheduler),
    )


# What 1.5 has beyond the 5B models: patches of two frames through one linear layer. Its positions end at the
# size of its configuration, so that is more than a run needs.
_SIZES_15 = _SIZES | {
    "patch_size_t": 2, "patch_bias": False, "use_rotary_positional_embeddings": True, "sample_height": 16,
}  # fmt: skip


def cogvideox_15() -> CogVideoXPipeline:
    """As CogVideoX1.5-5B."""
    tokenizer, encoder = text.t5()
    return CogVideoXPipeline(
        tokenizer=tokenizer,
        text_encoder=encoder,
        vae=_autoencoder(),
        transformer=CogVideoXTransformer3DModel(in_channels=4, **_SIZES_15),
        scheduler=_scheduler(CogVideoXDPMScheduler),
    )


def cogvideox_15_image() -> CogVideoXImageToVideoPipeline:
    """As CogVideoX1.5-5B-I2V, which is told how strongly its picture holds (ofs)."""
    tokenizer, encoder = text.t5()
    return CogVideoXImageToVideoPipeline(
        tokenizer=tokenizer,
        text_encoder=encoder,
        vae=_autoencoder(),
        transformer=CogVideoXTransformer3DModel(in_channels=8, ofs_embed_dim=8, **_SIZES_15),
        scheduler=_scheduler(CogVideoXDPMScheduler),
    )


def consisid() -> ConsisIDPipeline:
    tokenizer, encoder = text.t5()
    return ConsisIDPipeline(
        tokenizer=tokenizer,
        text_encoder=encoder,
        vae=_autoencoder(),
        transformer=ConsisIDTransformer3DModel(
            in_channels=8, use_rotary_positional_embeddings=True, cross_attn_interval=1,
            is_train_face=True, is_kps=False, cross_attn_dim_head=8, cross_attn_num_heads=1,
            LFE_id_dim=4, LFE_vit_dim=4, LFE_depth=5, LFE_dim_head=8, LFE_num_heads=2, LFE_num_id_token=1,
            LFE_num_querie=1, LFE_output_dim=21, LFE_ff_mult=1, LFE_num_scale=1, **_SIZES,
        ),
        scheduler=_scheduler(CogVideoXDPMScheduler),
    )  # fmt: skip


def _autoencoder() -> AutoencoderKLCogVideoX:
    return AutoencoderKLCogVideoX(
        block_out_channels=(8, 8, 8),
        down_block_types=("CogVideoXDownBlock3D",) * 3,
        up_block_types=("CogVideoXUpBlock3D",) * 3,
        latent_channels=4,
        layers_per_block=1,
        norm_num_groups=2,
        sample_height=32,
        sample_width=32,
    )


def _scheduler(kind):
    return kind(
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        clip_sample=False,
    )
