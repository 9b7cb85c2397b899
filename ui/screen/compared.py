"""What is compared from step to step, as the sentences of the page have it."""

from __future__ import annotations

from teacache.method.trace import Indicator
from teacache.models.catalog import CARDS
from teacache.runs.request import Request


def compared(variant: str, *, latent_free: bool) -> Indicator:
    """What was compared from step to step: the first block's input, or one of the two that make it."""
    if variant in ("embedding", "latent"):
        return variant
    return "embedding" if latent_free else "indicator"


def is_latent_free(request: Request) -> bool:
    """Of a run that has no trace yet: as the authors have it on its card, if that is what it does."""
    card = CARDS.get(request.model)
    return card is not None and card.latent_free and request.settings.variant != "default"
