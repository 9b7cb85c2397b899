"""What the diagram of the mechanism names: the parts of a transformer, as diffusers calls them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from teacache.models.catalog import ROOT, Card
from teacache.models.families import family_of
from ui.mechanism.depths import DEPTHS
from ui.models.imports import imported
from ui.screen.shown import ShownRun

if TYPE_CHECKING:
    from teacache.method.architecture import Architecture, Indicator  # imports torch


def anatomy(cards: Mapping[str, Card], run: ShownRun) -> dict[str, Any]:
    """Of the transformer that made a run, read as the run read it."""
    name = family_of(run.cached.pipeline).transformer if run.cached.pipeline else ""
    return _parts(name, run.cached.settings.variant, cards.get(run.request.model))


def of_model(card: Card) -> dict[str, Any]:
    """Of a model before any run of it, read as its own settings have it."""
    return _parts(family_of(card.pipeline).transformer, card.settings().variant, card)


def _parts(name: str, variant: str, card: Card | None) -> dict[str, Any]:
    """The transformer's class, its lists of blocks, what is compared and what the timestep becomes.

    Depth and width from the config of the card where its weights lie here, else from the table of the
    catalog's models; None where neither knows them, or where the class is not known.
    """
    architecture = imported("teacache.method.architectures").ARCHITECTURES.get(name)
    read = architecture and architecture.read_as(variant)
    if card is None or architecture is None or card.transformer not in ("", name):
        layers = width = None
    else:
        layers, width = _size(card, len(architecture.blocks))
    return {
        "model": card.title if card else "",
        "transformer": name,
        "blocks": list(architecture.blocks) if architecture else [],
        "layers": layers,
        "width": width,
        "compared": _source(read.indicator) if read else None,
        "signal": _signal(read) if read else None,
        "embedding": _source(architecture.embedding) if architecture else None,
    }


def _size(card: Card, lists: int) -> tuple[int | None, int | None]:
    """How many blocks a call runs through, and how many numbers a token has."""
    config, listed = _config(card), DEPTHS.get(card.name)
    if not config:
        return (sum(listed.blocks), listed.width) if listed else (None, None)
    heads, width = config.get("num_attention_heads"), config.get("attention_head_dim")
    depth = _depth(config, lists) if "num_layers" in config else None
    return depth, heads * width if heads and width else config.get("hidden_size")


def _depth(config: Mapping[str, Any], lists: int) -> int:
    """How many blocks a call runs through: each list is as long as the others, or has a number of its own."""
    single = config.get("num_single_layers")
    return config["num_layers"] * lists if single is None else config["num_layers"] + single


def _signal(read: Architecture) -> str:
    """Which of a trace's signals is compared."""
    if read.latent_free:
        return "embedding"
    return "latent" if read.indicator == "latents" else "indicator"


def _source(indicator: Indicator) -> str | None:
    """A source as architecture.py writes it; a function has no name that a reader could look up."""
    if isinstance(indicator, str):
        return indicator.partition(":")[2] or indicator
    return indicator[-1] if isinstance(indicator, tuple) else None


def _config(card: Card) -> dict[str, Any]:
    path = ROOT / card.source / "transformer" / "config.json" if card.source else None
    return json.loads(path.read_text(encoding="utf-8")) if path is not None and path.is_file() else {}
