"""Generates clips with a WanPipeline at the settings this model was made for.

Knows the pipeline; knows nothing of training or judging.
"""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import AutoencoderKLWan, FlowMatchEulerDiscreteScheduler, WanPipeline, WanTransformer3DModel
from transformers import UMT5EncoderModel

from teacache.models.catalog import ROOT
from teacache.models.scenes.data import FRAMES, SIZE
from teacache.models.scenes.nets import build_scheduler
from teacache.models.scenes.text import build_tokenizer
from teacache.models.training.export import load_offline

STEPS = 50
GUIDANCE = 3.0
ASSETS = ROOT / "assets" / "scenes"


def build_pipeline(
    *,
    transformer: WanTransformer3DModel,
    vae: AutoencoderKLWan,
    encoder: UMT5EncoderModel,
    scheduler: FlowMatchEulerDiscreteScheduler,
) -> WanPipeline:
    """The parts as a pipeline, sharing their weights."""
    return WanPipeline(
        tokenizer=build_tokenizer(),
        text_encoder=encoder,
        vae=vae,
        transformer=transformer,
        scheduler=scheduler,
    )


def load_pipeline(folder: Path = ASSETS) -> WanPipeline:
    """The shipped pipeline, or that in another folder, from disk alone and in float32."""
    return load_offline(WanPipeline, folder)


def open_pipeline(folder: Path, shift: float | None = None) -> WanPipeline:
    """The pipeline in a folder, with another shift of the noise levels where one is given."""
    pipeline = load_pipeline(folder)
    if shift is not None:
        pipeline.scheduler = build_scheduler(shift=shift)
    return pipeline


def generate(
    pipeline: WanPipeline, prompt: str, *, seed: int, steps: int = STEPS, guidance: float = GUIDANCE
) -> torch.Tensor:
    """One clip: (17, 3, 128, 128) in [-1, 1]. The same seed gives the same clip on the same machine."""
    result = pipeline(
        prompt,
        num_inference_steps=steps,
        guidance_scale=guidance,
        num_frames=FRAMES,
        height=SIZE,
        width=SIZE,
        generator=torch.Generator().manual_seed(seed),
        output_type="pt",
    )
    return result.frames[0] * 2 - 1
