"""What the diagram of the mechanism names: the parts of a run's transformer, as diffusers calls them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from teacache.models.catalog import ROOT, Card
from teacache.models.families import family_of
from ui.models.imports import imported
from ui.screen.shown import ShownRun

if TYPE_CHECKING:
    from teacache.method.architecture import Indicator  # imports torch


def anatomy(cards: Mapping[str, Card], run: ShownRun) -> dict[str, Any]:
    """The transformer's class, its lists of blocks, what is compared and what the timestep becomes.

    Depth and width where the weights of the run's card lie here; None where they do not, or where the class
    is not known.
    """
    name = family_of(run.cached.pipeline).transformer if run.cached.pipeline else ""
    known = imported("teacache.method.architectures").ARCHITECTURES.get(name)
    read = known and known.read_as(run.cached.settings.variant)
    config = _config(cards.get(run.request.model))
    heads, width = config.get("num_attention_heads"), config.get("attention_head_dim")
    return {
        "transformer": name,
        "blocks": list(known.blocks) if known else [],
        "layers": _depth(config, len(known.blocks)) if known and "num_layers" in config else None,
        "width": heads * width if heads and width else None,
        "compared": _source(read.indicator) if read else None,
        "embedding": _source(known.embedding) if known else None,
    }


def _depth(config: Mapping[str, Any], lists: int) -> int:
    """How many blocks a call runs through: each list is as long as the others, or has a number of its own."""
    single = config.get("num_single_layers")
    return config["num_layers"] * lists if single is None else config["num_layers"] + single


def _source(indicator: Indicator) -> str | None:
    """A source as architecture.py writes it; a function has no name that a reader could look up."""
    if isinstance(indicator, str):
        return indicator.partition(":")[2] or indicator
    return indicator[-1] if isinstance(indicator, tuple) else None


def _config(card: Card | None) -> dict[str, Any]:
    path = ROOT / card.source / "transformer" / "config.json" if card is not None and card.source else None
    return json.loads(path.read_text(encoding="utf-8")) if path is not None and path.is_file() else {}
