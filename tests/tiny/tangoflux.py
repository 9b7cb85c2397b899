"""TangoFlux with random weights: half a second of stereo at 8 kHz, in 32 latents of 128 samples each."""

from __future__ import annotations

from diffusers import AutoencoderOobleck, FlowMatchEulerDiscreteScheduler, FluxTransformer2DModel

from teacache.models.tangoflux import TangoFluxConditioner, TangoFluxPipeline
from tests.tiny import text

TOKENS, SECONDS = 32, 0.5
# In the words of the published config; the heads are as wide as FLUX's axes of positions add up to.
SIZES = {
    "num_layers": 1,
    "num_single_layers": 2,
    "in_channels": 4,
    "attention_head_dim": 128,
    "num_attention_heads": 2,
    "joint_attention_dim": text.WIDTH,
}
VAE = {
    "encoder_hidden_size": 8,
    "downsampling_ratios": [2, 4, 4, 4],
    "channel_multiples": [1, 1, 1, 1],
    "decoder_channels": 8,
    "decoder_input_channels": 4,
    "sampling_rate": 8000,
}


def tangoflux() -> TangoFluxPipeline:
    """The real pipeline class with all of its parts, in fp32."""
    tokenizer, encoder = text.t5()
    return TangoFluxPipeline(
        tokenizer=tokenizer,
        text_encoder=encoder,
        conditioner=TangoFluxConditioner(text.WIDTH, text.WIDTH),
        vae=AutoencoderOobleck(**VAE),
        transformer=FluxTransformer2DModel(**SIZES, pooled_projection_dim=text.WIDTH, guidance_embeds=False),
        scheduler=FlowMatchEulerDiscreteScheduler(num_train_timesteps=1000),
        tokens=TOKENS,
    )
