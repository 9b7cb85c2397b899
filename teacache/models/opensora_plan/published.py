"""The checkpoints as their authors put them on the hub, read into the pipeline.

Knows the layout of three repositories and that nothing in them may be trusted: safetensors, or pickles read
weights-only; strict on names and shapes. Nothing of devices' memory.
"""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import LatteTransformer3DModel, PNDMScheduler

from teacache.errors import ModelLoadError, RequestError
from teacache.models import hub
from teacache.models.checkpoints import (
    SAFE_T5,
    Download,
    check_text,
    empty,
    few,
    fill,
    read_config,
    read_text,
    read_weights,
)
from teacache.models.opensora_plan.denoiser import denoiser_config, denoiser_weights
from teacache.models.opensora_plan.pipeline import OpenSoraPlanPipeline
from teacache.models.opensora_plan.vae import CausalVAE

HUB = "LanguageBind/Open-Sora-Plan-v1.1.0"
FOLDERS = {65: "65x512x512", 221: "221x512x512"}  # of the denoisers, by the frames they make
WEIGHTS = "diffusion_pytorch_model.safetensors"
_FILES = ("config.json", WEIGHTS)


def load_published(
    download: Download = hub.download,
    *,
    frames: int = 65,
    dtype: torch.dtype = torch.float16,
    device: str | torch.device = "cpu",
    text_encoder: str = SAFE_T5,
) -> OpenSoraPlanPipeline:
    """Open-Sora-Plan v1.1.0 for clips of 65 or 221 frames, from the hub.

    `download(repository, patterns)` gives a local folder. `text_encoder`: the repository with T5-v1.1-XXL, by
    default that of Latte-1, which has it as safetensors; "DeepFloyd/t5-v1_1-xxl", which the authors name, has
    pickles, and of them only weights are read. The authors run all parts in float16. Raises ModelLoadError,
    one sentence, if a file is missing or does not fit, RequestError for another number of frames.
    """
    if frames not in FOLDERS:
        raise RequestError(
            "There is no checkpoint for {frames} frames: choose {known}.",
            frames=frames,
            known=" or ".join(map(str, FOLDERS)),
        )
    check_text(text_encoder)
    root = Path(download(HUB, [f"{place}/{file}" for place in (FOLDERS[frames], "vae") for file in _FILES]))
    transformer, vae = read_denoiser(root / FOLDERS[frames], dtype), read_vae(root / "vae", dtype)
    length = vae.frames(transformer.config.video_length)
    if length != frames:
        raise ModelLoadError(
            "{repository} says that {folder} makes {made} frames: its config was changed.",
            repository=HUB,
            folder=FOLDERS[frames],
            made=length,
        )
    tokenizer, encoder = read_text(download, text_encoder, dtype)
    pipe = OpenSoraPlanPipeline(
        tokenizer=tokenizer, text_encoder=encoder, vae=vae, transformer=transformer, scheduler=PNDMScheduler()
    )
    return pipe if str(device) == "cpu" else pipe.to(device)  # diffusers warns of float16 on its way there


def read_denoiser(folder: Path, dtype: torch.dtype) -> LatteTransformer3DModel:
    """A published LatteT2V folder. Raises ModelLoadError as `denoiser_config` and `fill` do."""
    model = empty(LatteTransformer3DModel, denoiser_config(read_config(folder)))
    return fill(model, denoiser_weights(read_weights(folder, WEIGHTS)), dtype, folder)


def read_vae(folder: Path, dtype: torch.dtype) -> CausalVAE:
    """A published CausalVAE folder; the training's own loss network, if it is there, is left out."""
    config = read_config(folder)
    parts = {name: config[name] for name in CausalVAE.parts() if name in config}
    missing = sorted(CausalVAE.parts() - parts.keys())
    if missing:
        raise ModelLoadError(
            "{folder} is no CausalVAE of v1.1.0, since its config lacks {missing}.",
            folder=folder,
            missing=few(missing),
        )
    weights = {name: w for name, w in read_weights(folder, WEIGHTS).items() if not name.startswith("loss.")}
    return fill(empty(CausalVAE, parts), weights, dtype, folder)
