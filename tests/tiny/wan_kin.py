"""Classes built after Wan: VACE, Animate, ChronoEdit and SkyReels V2, plain and with diffusion forcing."""

from __future__ import annotations

from diffusers import (
    ChronoEditPipeline,
    ChronoEditTransformer3DModel,
    FlowMatchEulerDiscreteScheduler,
    SkyReelsV2DiffusionForcingPipeline,
    SkyReelsV2Pipeline,
    SkyReelsV2Transformer3DModel,
    WanAnimatePipeline,
    WanAnimateTransformer3DModel,
    WanVACEPipeline,
    WanVACETransformer3DModel,
)

from tests.tiny import text
from tests.tiny.wan import CHANNELS, IMAGE_WIDTH, SIZES, autoencoder, image_side, scheduler

_MASK = 64  # channels of VACE's mask: 8 x 8 pixels for each of a latent


def vace() -> WanVACEPipeline:
    """Without a control video it is text to video; the control blocks run all the same."""
    return WanVACEPipeline(
        **_text(),
        vae=autoencoder(),
        transformer=WanVACETransformer3DModel(
            **SIZES, in_channels=CHANNELS, vace_layers=[0, 1], vace_in_channels=2 * CHANNELS + _MASK
        ),
        scheduler=scheduler(),
    )


def animate() -> WanAnimatePipeline:
    return WanAnimatePipeline(
        **_text(),
        **image_side(),
        vae=autoencoder(),
        transformer=WanAnimateTransformer3DModel(
            **SIZES, in_channels=2 * CHANNELS + 4, latent_channels=CHANNELS, image_dim=IMAGE_WIDTH,
            motion_encoder_channel_sizes={"4": 16, "8": 16, "16": 16}, motion_encoder_size=16,
            motion_style_dim=8, motion_dim=4, motion_encoder_dim=16, face_encoder_hidden_dim=16,
            face_encoder_num_heads=2, inject_face_latents_blocks=1,
        ),
        scheduler=scheduler(),
    )  # fmt: skip


def chronoedit() -> ChronoEditPipeline:
    return ChronoEditPipeline(
        **_text(),
        **image_side(),
        vae=autoencoder(),
        transformer=ChronoEditTransformer3DModel(
            **SIZES, in_channels=2 * CHANNELS + 4, image_dim=IMAGE_WIDTH
        ),
        scheduler=FlowMatchEulerDiscreteScheduler(shift=7.0),
    )


def skyreels() -> SkyReelsV2Pipeline:
    return SkyReelsV2Pipeline(**_skyreels())


def skyreels_forcing() -> SkyReelsV2DiffusionForcingPipeline:
    """Every frame has a noise level of its own."""
    return SkyReelsV2DiffusionForcingPipeline(**_skyreels(inject_sample_info=True))


def _skyreels(**more: bool) -> dict:
    transformer = SkyReelsV2Transformer3DModel(**SIZES, in_channels=CHANNELS, **more)
    return {**_text(), "vae": autoencoder(), "transformer": transformer, "scheduler": scheduler()}


def _text() -> dict:
    tokenizer, encoder = text.umt5()
    return {"tokenizer": tokenizer, "text_encoder": encoder}
