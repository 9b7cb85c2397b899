"""Values, moments and numbers as the report writes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

from ui.words.texts import local


def written(value: Any, words: dict[str, str]) -> str:
    if isinstance(value, list | tuple):
        items = cast(Sequence[Any], value)
        return "; ".join(written(item, words) for item in items)  # a comma may be within a number
    if isinstance(value, float):
        return local(f"{value:.6g}", words)
    return "–" if value is None else str(value)


def moment(created: str) -> str:
    """An ISO time in UTC as it is read in every language: to the minute."""
    try:
        return f"{datetime.fromisoformat(created).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    except ValueError:
        return created


def number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"
