"""Open-Sora 1.2 as its authors put it on the hub, read into the pipeline.

Knows the layout of three repositories; strict on names and shapes of weights. Nothing of devices' memory.
"""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import torch
from diffusers import ModelMixin

from teacache.models import hub
from teacache.models.checkpoints import (
    SAFE_T5,
    Download,
    check_text,
    empty,
    fill,
    read_config,
    read_text,
    read_weights,
)
from teacache.models.opensora.pipeline import OpenSoraPipeline
from teacache.models.opensora.scheduler import RectifiedFlowScheduler
from teacache.models.opensora.stdit3 import STDiT3
from teacache.models.opensora.vae import OpenSoraVAE

DENOISER_HUB, VAE_HUB = "hpcai-tech/OpenSora-STDiT-v3", "hpcai-tech/OpenSora-VAE-v1.2"
WEIGHTS = "model.safetensors"
_FILES = ("config.json", WEIGHTS)


def load_published(
    download: Download = hub.download,
    *,
    dtype: torch.dtype = torch.bfloat16,
    device: str | torch.device = "cpu",
    text_encoder: str = SAFE_T5,
) -> OpenSoraPipeline:
    """Open-Sora 1.2 from the hub: 1.2 G values of denoiser, 0.4 G of autoencoder, 4.8 G of text encoder.

    `download(repository, patterns)` gives a local folder. `text_encoder`: the repository with T5-v1.1-XXL, by
    default that of Latte-1, which has it as safetensors; "DeepFloyd/t5-v1_1-xxl", which the authors name, has
    pickles, and of them only weights are read. The authors run all parts in bfloat16. Raises ModelLoadError,
    one sentence, if a file is missing or does not fit; it names missing and unexpected weights.
    """
    check_text(text_encoder)
    transformer = read_part(STDiT3, Path(download(DENOISER_HUB, _FILES)), dtype)
    vae = read_part(OpenSoraVAE, Path(download(VAE_HUB, _FILES)), dtype)
    tokenizer, encoder = read_text(download, text_encoder, dtype)
    pipe = OpenSoraPipeline(
        tokenizer=tokenizer,
        text_encoder=encoder,
        vae=vae,
        transformer=transformer,
        scheduler=RectifiedFlowScheduler(),
    )
    return pipe.to(device)


def read_part(kind: type[ModelMixin], folder: Path, dtype: torch.dtype) -> Any:
    """One published folder as a model of this class.

    What its config says beyond the class's arguments is about training and kernels, and left out; what it
    does not say is as in the published models. Raises ModelLoadError as `load_published`.
    """
    parameters = inspect.signature(kind.__init__).parameters
    config = {name: value for name, value in read_config(folder).items() if name in parameters}
    return fill(empty(kind, config), read_weights(folder, WEIGHTS), dtype, folder)
