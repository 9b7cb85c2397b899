"""Which published polynomial a program means, and whether it may be used on what a run recorded.

A model may have several, each for a tensor of its own; Wan 2.1 has two. Knows cards and traces; nothing of
pages and endpoints.
"""

from __future__ import annotations

from teacache.errors import RequestError
from teacache.method.gate import Settings
from teacache.method.trace import Trace
from teacache.models.catalog import CARDS, Card
from teacache.study.replay import holds, indicator_of


def named(card: Card, mode: str) -> str | None:
    """The mode of that name; None if none is named. Raises SettingsError that lists the known ones."""
    if not mode:
        return None
    if mode not in card.measured:
        card.mode(mode)
    return mode


def of_trace(card: Card, trace: Trace) -> str | None:
    """The model's first polynomial that reads the tensor whose distances the trace holds."""
    read = indicator_of(trace)
    return next((name for name, polynomial in card.polynomials.items() if polynomial.variant == read), None)


def refuse_other_tensor(card: Card, trace: Trace, settings: Settings) -> None:
    """Raises RequestError where a polynomial is for other distances than the trace's: it means nothing there.

    Nor does one of another class of transformers, whatever the tensor is called there.
    """
    if card.transformer and not settings.naive and _transformers(trace) - {card.transformer}:
        raise RequestError(
            "The run is one of {pipeline}, where the polynomial of {title} means nothing: leave model out, or"
            " set naive.",
            pipeline=trace.pipeline,
            title=card.title,
        )
    if settings.naive or holds(trace, settings, latent_free=card.latent_free):
        return
    raise RequestError(
        "The run compared another tensor ({recorded}) than the one that this polynomial of {title} is for "
        "({asked}): leave mode out, or set naive.",
        recorded=indicator_of(trace),
        asked=settings.variant,
        title=card.title,
    )


def _transformers(trace: Trace) -> set[str]:
    """The class of the transformer that the trace is of; empty for a pipeline that no card is of."""
    return {card.transformer for card in CARDS.values() if card.pipeline == trace.pipeline}
