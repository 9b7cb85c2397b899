"""Generates clips with a LattePipeline at the settings this model was made for.

Knows the pipeline; knows nothing of training or judging.
"""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import AutoencoderKL, DPMSolverMultistepScheduler, LattePipeline, LatteTransformer3DModel
from transformers import T5EncoderModel

from teacache.models.catalog import ROOT
from teacache.models.shapes.data import FRAMES, SIZE
from teacache.models.shapes.text import build_tokenizer
from teacache.models.training.export import load_offline

STEPS = 50
GUIDANCE = 3.0
ASSETS = ROOT / "assets" / "shapes"


def build_pipeline(
    *,
    transformer: LatteTransformer3DModel,
    vae: AutoencoderKL,
    encoder: T5EncoderModel,
    scheduler: DPMSolverMultistepScheduler,
) -> LattePipeline:
    """The parts as a pipeline, sharing their weights."""
    return LattePipeline(
        tokenizer=build_tokenizer(),
        text_encoder=encoder,
        vae=vae,
        transformer=transformer,
        scheduler=scheduler,
    )


def load_pipeline(folder: Path = ASSETS) -> LattePipeline:
    """The shipped pipeline, or that in another folder, from disk alone and in float32."""
    return load_offline(LattePipeline, folder)


def open_pipeline(folder: Path, shift: float | None = None) -> LattePipeline:
    """The pipeline in a folder, with another shift of the noise levels where one is given."""
    pipeline = load_pipeline(folder)
    if shift is not None:
        pipeline.scheduler.register_to_config(flow_shift=shift)
    return pipeline


def generate(
    pipeline: LattePipeline, prompt: str, *, seed: int, steps: int = STEPS, guidance: float = GUIDANCE
) -> torch.Tensor:
    """One clip: (16, 3, 64, 64) in [-1, 1]. The same seed gives the same clip on the same machine."""
    result = pipeline(
        prompt,
        num_inference_steps=steps,
        guidance_scale=guidance,
        video_length=FRAMES,
        height=SIZE,
        width=SIZE,
        generator=torch.Generator().manual_seed(seed),
        output_type="pt",
        clean_caption=False,  # only lower-cases, and warns where optional packages are missing
    )
    return result.frames[0] * 2 - 1
