"""Checkpoints as their authors put them on the hub, read into models of ours and into T5.

Nothing in them is trusted: safetensors, or pickles read weights-only; strict on names and shapes. Knows
files; nothing of which system they belong to, nor of devices' memory.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import torch
from accelerate import init_empty_weights
from diffusers import ModelMixin
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn
from transformers import PreTrainedTokenizerBase, T5EncoderModel, T5Tokenizer

from teacache.errors import ModelLoadError, Phrase, first_line
from teacache.method.reading import is_object

Download = Callable[[str, Sequence[str]], Path]  # repository, file patterns -> local folder

# The same T5-v1.1-XXL encoder in two forms: where its parts lie and which files they are.
SAFE_T5, AUTHORS_T5 = "maxin-cn/Latte-1", "DeepFloyd/t5-v1_1-xxl"
T5_FILES = {
    SAFE_T5: ("text_encoder/*.json", "text_encoder/*.safetensors", "tokenizer/*"),
    AUTHORS_T5: ("*.json", "*.bin", "*.model"),
}


def read_config(folder: Path, name: str = "config.json") -> dict[str, Any]:
    """The configuration in a folder. Raises ModelLoadError if there is none to read."""
    try:
        config = json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelLoadError(
            "{folder} has no readable {name}: fetch it again.", folder=folder, name=name
        ) from error
    if not is_object(config):
        raise ModelLoadError("{path} holds no configuration: fetch it again.", path=folder / name)
    return config


def read_weights(folder: Path, name: str) -> dict[str, torch.Tensor]:
    """The weights in a folder, by name. Raises ModelLoadError if there are none to read."""
    try:
        return load_file(folder / name)
    except (OSError, SafetensorError) as error:
        raise ModelLoadError(
            "{folder} has no readable {name}: fetch it again.", folder=folder, name=name
        ) from error


def empty(kind: type[ModelMixin], config: dict[str, Any]) -> Any:
    """The model without memory for its weights; tables that are not saved are made as usual."""
    with init_empty_weights(include_buffers=False):
        return kind(**config)


def fill(model: ModelMixin, weights: dict[str, torch.Tensor], dtype: torch.dtype, source: Path) -> Any:
    """Give the model its weights, all of them and no others; else ModelLoadError names what differs."""
    wanted = model.state_dict()
    problems = {
        "{count} missing ({names})": wanted.keys() - weights.keys(),
        "{count} unexpected ({names})": weights.keys() - wanted.keys(),
        "{count} of another shape ({names})": {
            n for n, w in weights.items() if n in wanted and w.shape != wanted[n].shape
        },
    }
    differences = [Phrase(what, count=len(n), names=few(n)) for what, n in problems.items() if n]
    if differences:
        raise ModelLoadError(
            "The weights in {source} do not fit {kind}: {problems}: fetch them again, or report a new"
            " version.",
            source=source,
            kind=type(model).__name__,
            problems=Phrase.joined(differences),
        )
    model.load_state_dict({name: w.to(dtype) for name, w in weights.items()}, assign=True)
    nn.Module.to(model, dtype)  # the buffers too; diffusers' own `to` would warn of parts kept in float32
    return model.eval()


def check_text(repository: str) -> None:
    """Raises ModelLoadError for a repository that is not in T5_FILES; to be asked before any download."""
    if repository not in T5_FILES:
        raise ModelLoadError(
            "There is no T5 known in {repository}: choose {known}.",
            repository=repository,
            known=" or ".join(T5_FILES),
        )


def read_text(
    download: Download, repository: str, dtype: torch.dtype
) -> tuple[PreTrainedTokenizerBase, T5EncoderModel]:
    """T5-v1.1-XXL and its tokenizer from one of the repositories of T5_FILES.

    Raises ModelLoadError for another repository, or if the files cannot be read.
    """
    check_text(repository)
    folder = Path(download(repository, T5_FILES[repository]))
    safe = repository == SAFE_T5
    encoder, tokenizer = (folder / "text_encoder", folder / "tokenizer") if safe else (folder, folder)
    try:
        return T5Tokenizer.from_pretrained(tokenizer, local_files_only=True), T5EncoderModel.from_pretrained(
            encoder, dtype=dtype, local_files_only=True, use_safetensors=safe, weights_only=True
        )
    except (OSError, ValueError, RuntimeError, pickle.UnpicklingError, SafetensorError) as error:
        raise ModelLoadError(
            "The text encoder in {folder} cannot be read: {why}.", folder=folder, why=first_line(error)
        ) from error


def few(names: Iterable[str]) -> str:
    """The first names of many, for a sentence."""
    listed = sorted(names)
    return ", ".join(listed[:3]) + (", ..." if len(listed) > 3 else "")
