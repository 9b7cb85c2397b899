"""Model cards as text for a terminal: the table of all, and everything about one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from teacache.models.card_json import card_json, explanation, obstacle
from teacache.models.cards import Calibration, Card, Point, Published
from teacache.models.memory import Machine
from teacache.study.markdown import markdown

_MAKES = {
    "text_to_video": "video",
    "image_to_video": "video from image",
    "text_to_image": "image",
    "text_to_audio": "sound",
}


def listing(cards: Sequence[tuple[Card, str]]) -> str:
    """A table of cards, each with what keeps it from running here, and where its reuse begins."""
    header = ["name", "title", "makes", "size", "steps", "threshold (speedup)", "weights", "here"]
    rows = [
        [
            card.name,
            card.title,
            _MAKES[card.kind],
            _size(card),
            str(card.steps),
            _thresholds(card),
            f"{card.memory_gb:g} GB" if card.memory_gb else "small",
            "no" if why else "yes",
        ]
        for card, why in cards
    ]
    notes = "\n".join(filter(None, (explanation(card) for card, _ in cards)))
    return f"{markdown(header, rows)}\n\n{notes}\n\n`python -m teacache models NAME` tells all about one."


def one_model(card: Card, machine: Machine) -> tuple[dict[str, Any], str]:
    """Everything about one card: as JSON values, and as lines."""
    why = obstacle(card, machine)
    lines = [
        ("model", f"{card.title}, {_MAKES[card.kind]}, {card.pipeline}"),
        ("from", card.hub or card.source),
        (
            "licence",
            " ".join(filter(None, (card.license, card.license_url, "(gated)" if card.gated else ""))),
        ),
        ("defaults", f"{_size(card)}, {card.steps} steps, guidance {card.guidance_scale:g}"),
        ("weights", f"{card.memory_gb:g} GB in half precision" if card.memory_gb else "small"),
        ("replay", "exact" if card.latent_free else "approximate: the indicator depends on the latents"),
        *_calibration(card),
        *(line for name, published in card.modes.items() for line in _mode(card, name, published)),
        ("note", card.note),
        ("here", f"no: {why}" if why else "yes"),
    ]
    text = "\n".join(f"{name:15} {value}" for name, value in lines if value)
    return card_json(card) | {"runs_here": not why, "obstacle": why}, text


def _size(card: Card) -> str:
    """Width first, as screens are named; a sound's seconds."""
    if card.seconds is not None:
        return f"{card.seconds:g} s"
    side = f"{card.width}x{card.height}"
    return side if card.frames == 1 else f"{side}, {card.frames} frames"


def _thresholds(card: Card) -> str:
    if card.calibration is None and card.published is not None:
        slow, fast = card.published.slow, card.published.fast
        return f"{_point(slow)} to {_point(fast)}"
    return f"{card.threshold:g}" + (" (2 times fewer calls)" if card.calibration else " (naive)")


def _point(point: Point) -> str:
    speedup = f" ({point.speedup:g})" if point.speedup else ""
    return f"{point.threshold:g}{speedup}"


def _calibration(card: Card) -> list[tuple[str, str]]:
    return [
        line for name, calibration in card.measured.items() for line in _measured(card, name, calibration)
    ]


def _measured(card: Card, name: str, calibration: Calibration) -> list[tuple[str, str]]:
    low, high = calibration.input_range
    numbers = ", ".join(f"{c:.6g}" for c in calibration.coefficients)
    on = f" of {name}" if card.other_calibrations else ""
    span = f"{calibration.threshold:g} to {calibration.threshold_max:g}"
    fitted = f"R2 {calibration.r2:.2f} on {calibration.pairs} pairs of {calibration.prompts} prompts"
    return [
        (f"measured{on}", f"{fitted}: {calibration.source}"),
        ("", f"coefficients {numbers}"),
        ("", f"distances {low:.3g} to {high:.3g}; threshold {span}"),
        ("", explanation(card, name)),
    ]


def _mode(card: Card, name: str, published: Published) -> list[tuple[str, str]]:
    numbers = ", ".join(f"{c!r}" for c in published.coefficients)
    points = ", ".join(_point(point) for point in published.points)
    where = f" on {published.hardware}" if published.hardware else ""
    first, last = _steps(published.first_steps), _steps(published.last_steps)
    return [
        (f"mode {name}", published.source),
        ("", f"coefficients {numbers}"),
        ("", f"thresholds (speedup) {points}{where}"),
        ("", f"always computed: {first} at the start, {last} at the end"),
        ("", published.note),
        ("", explanation(card, name)),
    ]


def _steps(count: int | float) -> str:
    if isinstance(count, float):
        return f"{count:.3g} of all steps"
    return f"{count or 'no'} step{'' if count == 1 else 's'}"
