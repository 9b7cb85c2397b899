"""Folders of the systems that diffusers lacks, laid out as their authors publish them: no pipeline.

Knows the files by which Open-Sora's, Open-Sora-Plan's and TangoFlux's are told, and where their other
repositories may lie; reads no weights and imports no torch.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from teacache.method.reading import is_object
from teacache.models import index
from teacache.models.cards import Card

_OPEN_SORA, _PLAN, _TANGO = "OpenSoraPipeline", "OpenSoraPlanPipeline", "TangoFluxPipeline"
_TANGO_WEIGHTS = "tangoflux.safetensors"


def card_of(folder: Path, cards: Iterable[Card]) -> Card | None:
    """The card of what lies in such a folder, with the folder as its source; None if it is no such folder."""
    if (folder / index.NAME).exists():
        return None
    catalog = list(cards)
    if _config(folder).get("model_type") == "STDiT3":
        return next(replace(card, source=str(folder)) for card in catalog if card.pipeline == _OPEN_SORA)
    if (folder / _TANGO_WEIGHTS).is_file():
        return next(replace(card, source=str(folder)) for card in catalog if card.pipeline == _TANGO)
    for card in (card for card in catalog if card.pipeline == _PLAN):
        name = f"{card.frames}x{card.height}x{card.width}"
        denoiser = folder if folder.name == name else folder / name
        if _config(denoiser).get("_class_name") == "LatteT2V":
            return replace(card, source=str(denoiser.parent))
    return None


def is_one(card: Card, root: Path) -> bool:
    """Whether the card's own files are to be read as their authors publish them."""
    if card.pipeline not in (_OPEN_SORA, _PLAN, _TANGO):
        return False
    return not card.source or not (root / card.source / index.NAME).exists()


def near_by(
    card: Card, download: Callable[[str, Sequence[str]], Path]
) -> Callable[[str, Sequence[str]], Path]:
    """`download`, but what lies in the card's folder, or near it under its name on the hub, is used."""
    if not card.source:
        return download
    folder = Path(card.source)

    def local(repository: str, patterns: Sequence[str]) -> Path:
        if repository == card.hub:
            return folder
        beside_it = (folder.parent / repository.partition("/")[2], folder.parent.parent / repository)
        near = next((place for place in beside_it if place.is_dir()), None)
        return near or download(repository, patterns)

    return local


def _config(folder: Path) -> dict[str, Any]:
    """What the folder's config.json says; nothing if there is none to read."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return config if is_object(config) else {}
