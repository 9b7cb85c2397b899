"""Cosmos 1.0, text and image to world: separate guidance calls, noise levels up to 80.

The pipeline never runs without NVIDIA's guardrail, whose weights are gigabytes and whose licence asks that
it stays on. A random model of a few kilobytes makes nothing that could be guarded, so where the package is
missing a checker that passes everything takes its place, here in the tests and nowhere else.
"""

from __future__ import annotations

from types import SimpleNamespace

import torch.nn.functional as F
from diffusers import (
    AutoencoderKLCosmos,
    CosmosTextToWorldPipeline,
    CosmosTransformer3DModel,
    CosmosVideoToWorldPipeline,
    EDMEulerScheduler,
)
from diffusers.models.controlnets import controlnet_cosmos
from diffusers.pipelines.cosmos import pipeline_cosmos_text2world, pipeline_cosmos_video2world
from diffusers.utils import is_cosmos_guardrail_available, is_torchvision_available

from tests.tiny import text


class PassesEverything:
    """What the pipeline asks of a guardrail."""

    def to(self, device):
        return self

    def check_text_safety(self, prompt: str) -> bool:
        return True

    def check_video_safety(self, frames):
        return frames


if not is_cosmos_guardrail_available():
    for module in (pipeline_cosmos_text2world, pipeline_cosmos_video2world):
        module.CosmosSafetyChecker = PassesEverything


class NearestPixels:
    """What the control network asks of torchvision, where that is missing."""

    InterpolationMode = SimpleNamespace(NEAREST="nearest")
    functional = SimpleNamespace(
        resize=lambda mask, size, interpolation: F.interpolate(mask, size, mode=interpolation)
    )


if not is_torchvision_available():
    controlnet_cosmos.transforms = NearestPixels

CHANNELS = 4


def cosmos() -> CosmosTextToWorldPipeline:
    return CosmosTextToWorldPipeline(**_parts(in_channels=CHANNELS))


def cosmos_image() -> CosmosVideoToWorldPipeline:
    """Every frame comes with whether it is given."""
    return CosmosVideoToWorldPipeline(**_parts(in_channels=CHANNELS + 1))


def _parts(in_channels: int) -> dict:
    tokenizer, encoder = text.t5()
    return {
        "tokenizer": tokenizer,
        "text_encoder": encoder,
        "vae": AutoencoderKLCosmos(
            latent_channels=CHANNELS, encoder_block_out_channels=(8, 8, 8, 8),
            decode_block_out_channels=(8, 8, 8, 8), attention_resolutions=(), resolution=32, num_layers=1,
            latents_mean=[0.0] * CHANNELS * 16, latents_std=[1.0] * CHANNELS * 16,
        ),
        "transformer": CosmosTransformer3DModel(
            in_channels=in_channels, out_channels=CHANNELS, num_attention_heads=2, attention_head_dim=16,
            num_layers=2, mlp_ratio=2, text_embed_dim=text.WIDTH, adaln_lora_dim=4, max_size=(4, 32, 32),
            concat_padding_mask=False, extra_pos_embed_type="learnable",  # the mask would need torchvision
        ),
        "scheduler": EDMEulerScheduler(sigma_data=0.5),
    }  # fmt: skip
