"""What is said of a model where it is chosen: its card in plain values, and what keeps it from running here.

The same for the page, for programs and for the command line. Folders on this machine are never told. Imports
no torch, so that a list of models is there at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from importlib.util import find_spec
from typing import Any

from teacache.errors import Phrase
from teacache.models import hub, published_folders
from teacache.models.cards import HALF, Card, Published
from teacache.models.catalog import ROOT
from teacache.models.estimate import first_reuse_threshold, reuse_note
from teacache.models.memory import GB, Machine, values_in
from teacache.models.schedules import shipped

_SAID = (
    *("name", "title", "kind", "hub", "gated", "license", "license_url", "pipeline"),
    *("steps", "frames", "height", "width", "fps", "seconds", "guidance_scale", "flow_shift", "memory_gb"),
    *("threshold", "threshold_max", "naive_threshold", "latent_free", "note"),
)


def card_json(card: Card) -> dict[str, Any]:
    """The card as JSON values, with what its polynomials mean for a threshold."""
    values = {name: getattr(card, name) for name in _SAID}
    return values | {
        "explanation": explanation(card),
        "demo": card.demo and asdict(card.demo),
        "calibration": card.calibration and asdict(card.calibration),
        "other_calibrations": {
            name: asdict(calibration) for name, calibration in card.other_calibrations.items()
        },
        "modes": {name: _mode(card, published) for name, published in card.modes.items()},
        "schedules": [each.name for each in shipped(card.name)],
    }


def explanation(card: Card, mode: str | None = None) -> Phrase:
    """What the polynomial in use means for a threshold, in one sentence; empty if there is nothing to say."""
    polynomials = {**card.polynomials, **card.modes}
    polynomial = polynomials[mode] if mode in polynomials else next(iter(polynomials.values()), None)
    if polynomial is None:
        return Phrase("")
    return reuse_note(card.title, polynomial.coefficients, polynomial.input_range)


def obstacle(card: Card, machine: Machine) -> Phrase:
    """Why this machine's page cannot run the model, in one sentence; empty if it can.

    A model in a folder of this machine runs even without a GPU: whoever started the server chose it.
    """
    if card.source:
        return _short_of_memory(_least_gb(card, values_in(ROOT / card.source)), machine.host_gb)
    if machine.gpu is None:
        return Phrase("It needs a GPU, and this machine has none: on a CPU it would take hours.")
    missing = [package for package in card.packages if find_spec(package) is None]
    if missing:
        return Phrase("It needs packages that are not installed: {missing}.", missing=", ".join(missing))
    values = {part: billions * 1e9 for part, billions in card.parameters.items()}
    return _short_of_memory(_least_gb(card, values), machine.host_gb) or _not_at_hand(card)


def _mode(card: Card, published: Published) -> dict[str, Any]:
    within = {"within": published.input_range} if published.input_range else {}
    return asdict(published) | {
        "source": published.source,
        "first_reuse_threshold": first_reuse_threshold(published.coefficients, **within),
        "explanation": reuse_note(card.title, published.coefficients, published.input_range),
    }


def _least_gb(card: Card, values: Mapping[str, float]) -> float:
    """The memory without which nothing goes: that of the largest part, since parts can take turns.

    Those of a system in its authors' own files cannot: there it is that of all.
    """
    together = sum if published_folders.is_one(card, ROOT) else max
    return HALF * together(values.values() or [0.0]) / GB


def _short_of_memory(need: float, there: float) -> Phrase:
    if need <= there:
        return Phrase("")
    return Phrase(
        "It needs at least {need:.1f} GB of memory, and there are {there:.1f}.", need=need, there=there
    )


def _not_at_hand(card: Card) -> Phrase:
    """Why the weights cannot be had; empty if they are here or can be downloaded."""
    if all(hub.downloaded(repository) for repository in {card.hub or "", *card.parts.values()}):
        return Phrase("")
    if hub.offline():
        return Phrase("It is not downloaded, and HF_HUB_OFFLINE switches the hub off.")
    if card.gated and not hub.logged_in():
        return Phrase(
            "It is gated: accept its licence at {page} and set HF_TOKEN on the server.", page=card.license_url
        )
    return Phrase("" if hub.reachable() else "It is not downloaded, and the hub cannot be reached.")
