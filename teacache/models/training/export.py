"""Writes trained parts as an ordinary diffusers folder that the pipeline's class loads, and loads it.

Knows pipelines and folders; knows nothing of how the parts were trained.
"""

from __future__ import annotations

import copy
import os
import tempfile
from pathlib import Path
from typing import TypeVar

from diffusers import DiffusionPipeline

PARTS = ("tokenizer", "text_encoder", "vae", "transformer", "scheduler", "model_index.json")
Pipeline = TypeVar("Pipeline", bound=DiffusionPipeline)


def export(pipeline: DiffusionPipeline, folder: Path) -> None:
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
        type(pipeline)(**{**pipeline.components, **half}).save_pretrained(new, safe_serialization=True)
        for file in (file for file in new.rglob("*") if file.is_file()):
            file.chmod(0o644)  # weights are written for the owner's eyes only
        old.mkdir()
        for part in PARTS:
            if (folder / part).exists():
                (folder / part).rename(old / part)
            (new / part).rename(folder / part)


def load_offline(kind: type[Pipeline], folder: Path) -> Pipeline:
    """The pipeline of such a folder, from disk alone, in float32 and without a bar of its own."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    pipeline = kind.from_pretrained(folder, local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def folder_bytes(folder: Path) -> int:
    """Size of all files under a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
