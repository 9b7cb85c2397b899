"""Open-Sora-Plan with random weights, small enough to run in milliseconds: 5 frames of 32x32 pixels."""

from __future__ import annotations

from diffusers import LatteTransformer3DModel, PNDMScheduler

from teacache.models.opensora_plan import CausalVAE, OpenSoraPlanPipeline
from tests.tiny import text

LATENT_FRAMES, SIDE = 2, 4  # of the latents
STEPS = 4  # the fewest that PNDM can do: 13 calls


def opensora_plan(latent_frames: int = LATENT_FRAMES) -> OpenSoraPlanPipeline:
    """The real pipeline class with all of its parts, in fp32."""
    tokenizer, text_encoder = text.t5()
    return OpenSoraPlanPipeline(
        tokenizer=tokenizer,
        text_encoder=text_encoder,
        vae=CausalVAE(hidden_size=32, hidden_size_mult=(1, 1, 1, 1), num_res_blocks=1),
        transformer=transformer(latent_frames),
        scheduler=PNDMScheduler(),
    )


def transformer(latent_frames: int = LATENT_FRAMES) -> LatteTransformer3DModel:
    """2 layers of 16 channels, in the form of the published checkpoint."""
    return LatteTransformer3DModel(
        num_attention_heads=2, attention_head_dim=8, in_channels=4, out_channels=8, num_layers=2,
        cross_attention_dim=16, caption_channels=text.WIDTH, attention_bias=True, sample_size=SIDE,
        patch_size=2, activation_fn="gelu-approximate", num_embeds_ada_norm=1000,
        norm_type="ada_norm_single", norm_elementwise_affine=False, norm_eps=1e-6, video_length=latent_frames,
    )  # fmt: skip
