"""The checkpoint as its authors put it on the hub, read into the pipeline.

One file holds text encoder, conditioner and transformer, another the autoencoder; safetensors, strict on
names and shapes. Knows that layout; nothing of devices' memory.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from accelerate import init_empty_weights
from diffusers import AutoencoderOobleck, FlowMatchEulerDiscreteScheduler, FluxTransformer2DModel
from transformers import AutoTokenizer, PreTrainedTokenizerBase, T5Config, T5EncoderModel

from teacache.errors import ModelLoadError, first_line
from teacache.models import hub
from teacache.models.checkpoints import Download, empty, few, fill, read_config, read_weights
from teacache.models.tangoflux.conditioner import TangoFluxConditioner
from teacache.models.tangoflux.pipeline import TOKENS, TangoFluxPipeline

HUB = "declare-lab/TangoFlux"
WEIGHTS, VAE = "tangoflux.safetensors", "vae.safetensors"
TEXT = "google/flan-t5-large"  # of which only tokenizer and sizes are read: the weights are in WEIGHTS
TEXT_FILES = ("config.json", "tokenizer*", "spiece.model", "special_tokens_map.json")
_PARTS = {"transformer.": "transformer", "text_encoder.": "text_encoder", "fc.": "conditioner"}
_DURATION = "duration_emebdder."  # spelled so in the checkpoint
# The values that a config may leave out, as tangoflux/model.py has them.
_SIZES = {
    "num_layers": 6,
    "num_single_layers": 18,
    "in_channels": 64,
    "attention_head_dim": 128,
    "joint_attention_dim": 1024,
    "num_attention_heads": 8,
}


VAE_SIZES: dict[str, Any] = {}  # those of the class itself


def load_published(
    download: Download = hub.download,
    *,
    dtype: torch.dtype = torch.float32,
    device: str | torch.device = "cpu",
) -> TangoFluxPipeline:
    """TangoFlux from the hub; `download(repository, patterns)` gives a local folder.

    The authors run all parts in float32. Raises ModelLoadError, one sentence, if a file is missing or does
    not fit.
    """
    folder = Path(download(HUB, ["config.json", WEIGHTS, VAE]))
    config = read_config(folder)
    tokenizer, text = _read_text(download, config.get("text_encoder_name", TEXT))
    weights = parts_of(read_weights(folder, WEIGHTS), folder)
    conditioner = {
        "text_dim": text.d_model,
        "joint_dim": config.get("joint_attention_dim", _SIZES["joint_attention_dim"]),
        "max_seconds": config.get("max_duration", 30),
    }
    pipe = TangoFluxPipeline(
        tokenizer=tokenizer,
        text_encoder=_encoder(text, weights["text_encoder"], dtype, folder),
        conditioner=fill(empty(TangoFluxConditioner, conditioner), weights["conditioner"], dtype, folder),
        vae=read_vae(folder, dtype),
        transformer=fill(
            empty(FluxTransformer2DModel, transformer_config(config, text.d_model)),
            weights["transformer"],
            dtype,
            folder,
        ),
        scheduler=FlowMatchEulerDiscreteScheduler(num_train_timesteps=1000),
        tokens=config.get("audio_seq_len", TOKENS),
    )
    return pipe if str(device) == "cpu" else pipe.to(device)


def transformer_config(config: dict[str, Any], text_dim: int) -> dict[str, Any]:
    """Of diffusers' FLUX transformer, from a published config: no patches, no guidance as an input."""
    sizes = {name: config.get(name, value) for name, value in _SIZES.items()}
    return sizes | {"pooled_projection_dim": text_dim, "guidance_embeds": False}


def parts_of(weights: dict[str, torch.Tensor], source: Path) -> dict[str, dict[str, torch.Tensor]]:
    """The weights by part of the pipeline, under the names that the part itself has.

    Raises ModelLoadError for a weight of no part.
    """
    parts: dict[str, dict[str, torch.Tensor]] = {name: {} for name in _PARTS.values()}
    strange = []
    for name, weight in weights.items():
        prefix = next((start for start in _PARTS if name.startswith(start)), None)
        if name.startswith(_DURATION):
            parts["conditioner"][f"duration_embedder.{name.removeprefix(_DURATION)}"] = weight
        elif prefix is None:
            strange.append(name)
        else:
            own = name if prefix == "fc." else name.removeprefix(prefix)
            parts[_PARTS[prefix]][own] = weight
    if strange:
        raise ModelLoadError(
            "The weights in {source} are of no part of TangoFlux: {names}.", source=source, names=few(strange)
        )
    return parts


def read_vae(folder: Path, dtype: torch.dtype) -> AutoencoderOobleck:
    """The autoencoder; without a config, since its sizes are diffusers' own."""
    return fill(empty(AutoencoderOobleck, VAE_SIZES), read_weights(folder, VAE), dtype, folder)


def _read_text(download: Download, repository: str) -> tuple[PreTrainedTokenizerBase, T5Config]:
    """Tokenizer and sizes of the text encoder, from the repository that the checkpoint names."""
    folder = Path(download(repository, TEXT_FILES))
    config = T5Config.from_dict(read_config(folder))
    if not any((folder / name).is_file() for name in _VOCABULARY):  # transformers would make an empty one
        raise ModelLoadError(
            "{folder} has no readable {name}: fetch it again.", folder=folder, name=_VOCABULARY[0]
        )
    try:
        return AutoTokenizer.from_pretrained(folder, local_files_only=True), config
    except (OSError, ValueError) as error:
        raise ModelLoadError(
            "The tokenizer in {folder} cannot be read: {why}.", folder=folder, why=first_line(error)
        ) from error


def _encoder(
    config: T5Config, weights: dict[str, torch.Tensor], dtype: torch.dtype, source: Path
) -> T5EncoderModel:
    """T5 with the weights of the checkpoint, which has its one table of words under one of two names."""
    table = {_TABLE: weights[_SHARED]} if _SHARED in weights else {}
    with init_empty_weights(include_buffers=False):
        model = T5EncoderModel(config)
    model = fill(model, table | weights, dtype, source)
    model.tie_weights()
    return model


_VOCABULARY = ("tokenizer.json", "spiece.model")
_SHARED, _TABLE = "shared.weight", "encoder.embed_tokens.weight"
