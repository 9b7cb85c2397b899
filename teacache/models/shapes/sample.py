"""Generates clips with a LattePipeline at the settings this model was made for.

Knows the pipeline; knows nothing of training or judging.
"""

from __future__ import annotations

import os
from pathlib import Path

import torch
from diffusers import LattePipeline

from teacache.models.catalog import ROOT
from teacache.models.shapes.data import FRAMES, SIZE

STEPS = 50
GUIDANCE = 3.0
ASSETS = ROOT / "assets" / "shapes"


def load_pipeline(folder: Path = ASSETS) -> LattePipeline:
    """The shipped pipeline, or that in another folder, from disk alone and in float32."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    pipeline = LattePipeline.from_pretrained(folder, local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
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
