"""A card or a local folder becomes a pipeline that is ready to run, on a device and in a precision.

Knows diffusers, the catalog and the pipelines of our own; knows nothing of prompts or runs. Weights are read
as safetensors only; what a published system keeps in pickles is its own package's affair, weights-only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import diffusers
import torch
from diffusers import DiffusionPipeline
from diffusers.utils import logging as diffusers_log
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging as transformers_log

from teacache.errors import ModelLoadError, TeaCacheError, first_line
from teacache.models import hub, published_folders
from teacache.models.assembly import FROM_DISK, assembled
from teacache.models.catalog import CARDS, ROOT, Card, folder_card
from teacache.models.catalog import card as card_named
from teacache.models.index import read_index
from teacache.models.memory import values_in
from teacache.models.placement import ROOM, Place, free_gb, place_for, put
from teacache.models.plain_call import fill_in
from teacache.models.shift import set_shift
from teacache.models.turns import Turns

# Pipelines that diffusers lacks -> the package with the class, and with `load_published` for the hub.
OURS = {
    "OpenSoraPipeline": "teacache.models.opensora",
    "OpenSoraPlanPipeline": "teacache.models.opensora_plan",
    "TangoFluxPipeline": "teacache.models.tangoflux",
}
# Not found by what a checkpoint's index names: diffusers shows the one only where opencv is installed, which
# finding faces needs, but not the pipeline; the other had another name.
_HIDDEN = {
    "ConsisIDPipeline": "diffusers.pipelines.consisid.pipeline_consisid",
    "LuminaPipeline": "diffusers",
}


def load(
    name_or_folder: str | Path,
    *,
    device: str = "auto",
    dtype: torch.dtype | str | None = None,
    offload: str = "auto",
) -> DiffusionPipeline:
    """Load a model of the catalog by name, from its folder or the hub, or any folder with a pipeline.

    `device`: "auto" (the GPU if there is one), "cpu", "cuda", ...; `dtype`, torch's or its name: None is
    float32 on a CPU and for small models, else what the model was published in; `offload`: "none" keeps
    everything on the GPU, "model" each part only while it works, "group" each layer, "disk" reads each part
    when it works and keeps it while there is room, "auto" is as memory asks: text is encoded first, and its
    encoder leaves where memory is short.
    A plain call of the pipeline makes what its card says: size, frames, steps, guidance. Sets on it
    `teacache_card`, `teacache_settings` and `teacache_reason` (why this device, precision and offloading).

    Raises ModelLoadError, one sentence, before weights are read if the name is unknown, the folder missing or
    of another kind, the repository gated or out of reach, the device absent, or memory too small.
    """
    card = _find(name_or_folder)
    published = published_folders.is_one(card, ROOT)
    folder = _folder(card) if card.source and not published else None
    counted = values_in(folder) if folder else {}
    # of parts that do not lie there as well
    values = {part: n * 1e9 for part, n in _elsewhere(card, folder).items()} | counted
    place = place_for(card, values, device=device, dtype=dtype, offload=offload, apart=not published)
    _check_packages(card)
    if folder is None and not published:
        folder = hub.pipeline_folder(_repository(card), card.files)
    pipe = _read(card, folder, place)
    if card.flow_shift is not None:  # of the authors' runs: distances, and so polynomials, depend on it
        set_shift(pipe, card.flow_shift)
    if any(one.pipeline == card.pipeline for one in CARDS.values()):  # else the card's numbers are guesses
        fill_in(pipe)
    put(pipe, place, card)
    pipe.set_progress_bar_config(disable=True)
    pipe.teacache_card = card if card.source else replace(card, source=str(folder or _home(card)))
    pipe.teacache_settings = card.settings()
    pipe.teacache_reason = place.reason
    return pipe


def _find(name_or_folder: str | Path) -> Card:
    """A name of the catalog wins; anything that is a folder, or is written like one, is taken for one."""
    text = str(name_or_folder)
    if text in CARDS:
        return CARDS[text]
    path = Path(text).expanduser()
    if path.is_dir():
        return folder_card(path.resolve())
    if isinstance(name_or_folder, Path) or "/" in text or text.startswith((".", "~")):
        raise ModelLoadError(
            "There is no folder {text}: give a diffusers folder or one of {known}.",
            text=text,
            known=", ".join(CARDS),
        )
    return card_named(text)


def _folder(card: Card) -> Path:
    """The card's folder, if it holds a pipeline that can be run."""
    folder = ROOT / card.source  # an absolute source stays what it is
    if not folder.is_dir():
        raise ModelLoadError(
            "The weights of {name} are missing: {folder} does not exist.", name=card.name, folder=folder
        )
    folder_card(folder)  # says what is wrong with a folder that holds no pipeline
    index = read_index(folder)
    kind = index.pipeline
    if kind not in OURS and not hasattr(diffusers, kind):
        raise ModelLoadError(
            "The model in {folder} cannot be loaded: neither diffusers nor this project has a {kind}.",
            folder=folder,
            kind=kind,
        )
    if "transformer" not in index.parts:
        raise ModelLoadError(
            "The model in {folder} cannot be loaded: a {kind} has no transformer, and TeaCache caches"
            " one; try a pipeline like {known}.",
            folder=folder,
            kind=kind,
            known=", ".join(sorted({c.pipeline for c in CARDS.values()})),
        )
    return folder


def _check_packages(card: Card) -> None:
    missing = [package for package in card.packages if find_spec(package) is None]
    if missing and not card.source:  # a local folder may come without the parts that need them
        raise ModelLoadError(
            "{title} needs packages that are not installed: install {missing}.",
            title=card.title,
            missing=", ".join(missing),
        )


def _read(card: Card, folder: Path | None, place: Place) -> DiffusionPipeline:
    """The pipeline, on the CPU."""
    where = folder or card.hub
    try:
        with _quiet():
            if folder is None:
                return _published(card, place)
            if place.offload == "disk":
                return _in_turn(card, folder, place)
            parts = _parts(card, folder, place)
            return _class_of(card).from_pretrained(folder, dtype=place.dtypes, **FROM_DISK, **parts)
    except TeaCacheError:
        raise
    except Exception as error:  # a folder can be broken in as many ways as there are libraries that read it
        raise ModelLoadError(
            "The model in {where} cannot be loaded: {why}.", where=where, why=first_line(error)
        ) from error


def _class_of(card: Card) -> type[DiffusionPipeline]:
    home = (OURS | _HIDDEN).get(card.pipeline)
    return DiffusionPipeline if home is None else getattr(import_module(home), card.pipeline)


def _published(card: Card, place: Place) -> DiffusionPipeline:
    """A system that diffusers lacks, from the repositories of its authors."""
    read = import_module(OURS[card.pipeline]).load_published
    length = {"frames": card.frames} if card.pipeline == "OpenSoraPlanPipeline" else {}
    return read(published_folders.near_by(card, hub.download), dtype=place.dtype, **length)


def _home(card: Card) -> Path:
    """Where the denoiser of a published system lies, now that it is downloaded."""
    return hub.download(_repository(card), ["*config.json"])


def _repository(card: Card) -> str:
    """On the hub; only cards without a folder are asked, and these have one."""
    if card.hub is None:
        raise AssertionError(f"the card of {card.name} names neither a folder nor a repository")
    return card.hub


def _parts(card: Card, folder: Path, place: Place) -> Mapping[str, Any]:
    """Parts that another repository holds: HiDream's Llama and its tokenizer, unless they lie here too."""
    missing = _missing(card, folder)
    return {name: _part(name, hub.part_folder(card.parts[name]), place) for name in missing}


def _missing(card: Card, folder: Path) -> list[str]:
    """Parts of another repository that the folder's index does not name; one named as empty is left out."""
    index = read_index(folder)
    return [name for name in card.parts if name not in index.parts]


def _elsewhere(card: Card, folder: Path | None) -> Mapping[str, float]:
    """Billions of values of the parts that do not lie in the folder; without a folder, of all."""
    if folder is None:
        return card.parameters
    like_it = next((one for one in CARDS.values() if one.pipeline == card.pipeline), card)
    return {n: like_it.parameters[n] for n in _missing(card, folder) if n in like_it.parameters}


def _part(name: str, folder: Path, place: Place) -> Any:
    if name.startswith("tokenizer"):
        return AutoTokenizer.from_pretrained(folder, local_files_only=True)
    return AutoModelForCausalLM.from_pretrained(folder, dtype=place.dtype, **FROM_DISK)


def _in_turn(card: Card, folder: Path, place: Place) -> DiffusionPipeline:
    """The pipeline without the weights of its parts, which come when they work."""
    elsewhere = {
        name: partial(_part, name, hub.part_folder(card.parts[name]), place)
        for name in _missing(card, folder)
    }
    turns = Turns(place.device, partial(free_gb, place.device), room=ROOM)
    kind = _class_of(card) if card.pipeline in OURS | _HIDDEN else getattr(diffusers, card.pipeline)
    return assembled(kind, folder, turns, dtypes=place.dtypes, elsewhere=elsewhere)


@contextmanager
def _quiet() -> Iterator[None]:
    """No progress bars of the libraries for files that are read in a moment."""
    loud = [log for log in (diffusers_log, transformers_log) if log.is_progress_bar_enabled()]
    for log in loud:
        log.disable_progress_bar()
    try:
        yield
    finally:
        for log in loud:
            log.enable_progress_bar()
