"""Writes the trained parts as an ordinary diffusers folder that LattePipeline loads with no arguments.

Knows the networks and the folder; knows nothing of how they were trained.
"""

from __future__ import annotations

import copy
import tempfile
from pathlib import Path

from diffusers import AutoencoderKL, DPMSolverMultistepScheduler, LattePipeline, LatteTransformer3DModel
from transformers import T5EncoderModel

from teacache.models.shapes.text import build_tokenizer

PARTS = ("tokenizer", "text_encoder", "vae", "transformer", "scheduler", "model_index.json")


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


def export(pipeline: LattePipeline, folder: Path) -> None:
    """Write the pipeline beside `folder`'s other files (its card, its sheet), replacing an earlier export.

    Transformer and autoencoder are stored in half precision. The text encoder stays float32: transformers
    keeps the stored precision on loading, diffusers does not, and a pipeline of two precisions fails.
    """
    half = {name: copy.deepcopy(getattr(pipeline, name)).half() for name in ("transformer", "vae")}
    for part in half.values():
        for parameter in part.parameters():
            parameter.data = parameter.data.contiguous()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".export-") as scratch:
        new, old = Path(scratch) / "new", Path(scratch) / "old"
        LattePipeline(**{**pipeline.components, **half}).save_pretrained(new, safe_serialization=True)
        for file in (file for file in new.rglob("*") if file.is_file()):
            file.chmod(0o644)  # weights are written for the owner's eyes only
        old.mkdir()
        for part in PARTS:
            if (folder / part).exists():
                (folder / part).rename(old / part)
            (new / part).rename(folder / part)


def folder_bytes(folder: Path) -> int:
    """Size of all files under a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
