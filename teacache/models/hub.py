"""Folders of repositories on the Hugging Face hub, downloaded where needed; one sentence for each failure.

Only weights as safetensors are fetched for diffusers pipelines. Knows the hub; knows nothing of devices.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies

import httpx2
import huggingface_hub
from huggingface_hub import constants, get_token
from huggingface_hub.errors import (
    GatedRepoError,
    HFValidationError,
    LocalEntryNotFoundError,
    RepositoryNotFoundError,
)

from teacache.errors import ModelLoadError, first_line
from teacache.models.index import NAME as INDEX
from teacache.models.index import read_index

_FILES = ("*.json", "*.safetensors", "*.txt", "*.model", "*.jinja")  # configs, weights, tokenizers
_PATIENCE = 3.0  # seconds for an answer of the hub
_OTHERS = ["*.fp16.*", "*.fp8.*", "*.bf16.*"]  # the same weights once more


def offline() -> bool:
    """Whether the person switched the hub off."""
    return constants.is_offline_mode()


def logged_in() -> bool:
    """Whether there is a token to show to the hub."""
    return get_token() is not None


@cache
def reachable() -> bool:
    """Whether the hub answers from here; asked once. Behind a proxy only a download can tell: yes."""
    if "https" in getproxies():
        return True
    try:
        with socket.create_connection((urlsplit(constants.ENDPOINT).hostname or "", 443), timeout=_PATIENCE):
            return True
    except OSError:
        return False


def downloaded(repository: str) -> bool:
    """Whether something of a repository is in the cache; a broken download is completed on loading."""
    snapshots = Path(constants.HF_HUB_CACHE) / f"models--{repository.replace('/', '--')}" / "snapshots"
    return snapshots.is_dir() and any(snapshots.iterdir())


def download(repository: str, patterns: Sequence[str]) -> Path:
    """The local folder of a repository, with the files that match. Raises ModelLoadError, one sentence."""
    page = f"https://huggingface.co/{repository}"
    try:
        folder = huggingface_hub.snapshot_download(
            repository, allow_patterns=list(patterns), ignore_patterns=list(_OTHERS)
        )
        return Path(folder)
    except GatedRepoError as error:
        raise ModelLoadError(
            "{repository} is gated: accept its licence at {page}, then log in with `hf auth login`, "
            "or set HF_TOKEN.",
            repository=repository,
            page=page,
        ) from error
    except RepositoryNotFoundError as error:
        raise ModelLoadError(
            "There is no {repository} on the hub, or it is private: see {page}.",
            repository=repository,
            page=page,
        ) from error
    except (LocalEntryNotFoundError, httpx2.TransportError) as error:  # no answer, or one that broke off
        raise _unreachable(repository) from error
    # The hub's own errors are OSErrors too; its client for large files tells a dropped one as RuntimeError.
    except (OSError, HFValidationError, httpx2.HTTPError, RuntimeError) as error:
        raise ModelLoadError(
            "{repository} could not be downloaded: {why}.", repository=repository, why=first_line(error)
        ) from error


def pipeline_folder(repository: str, files: Sequence[str] = ()) -> Path:
    """The local folder of a diffusers pipeline: only the parts that its index names, and these files."""
    folder = download(repository, [INDEX])
    try:
        index = read_index(folder)
    except ModelLoadError as error:
        raise ModelLoadError(
            "{repository} holds no diffusers pipeline: its {file} is amiss.",
            repository=repository,
            file=INDEX,
        ) from error
    parts = [name for name, (library, _) in index.parts.items() if library]
    return download(repository, [INDEX, *files, *(f"{part}/{file}" for part in parts for file in _FILES)])


def part_folder(repository: str) -> Path:
    """The local folder of a text encoder and its tokenizer in a repository of their own."""
    return download(repository, _FILES)


def _unreachable(repository: str) -> ModelLoadError:
    if offline():
        return ModelLoadError(
            "{repository} is not downloaded, and HF_HUB_OFFLINE switches the hub off: unset it, or give a "
            "local folder.",
            repository=repository,
        )
    return ModelLoadError(
        "{repository} is not fully downloaded, and the hub cannot be reached: check the network, or give a "
        "local folder.",
        repository=repository,
    )
