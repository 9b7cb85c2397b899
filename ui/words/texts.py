"""Every sentence that the page shows, in every language; the browser chooses one by its own language.

The table is texts.json, one entry a text. `{name}` marks a number or name that is filled in.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LANGUAGES = {"en": "English", "de": "Deutsch", "zh": "中文"}  # code -> its own name


@cache
def _table() -> dict[str, dict[str, str]]:
    """key -> language -> text."""
    return json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))


def texts(language: str) -> dict[str, str]:
    """All texts in one language; English for a language that is not in the table."""
    column = language if language in LANGUAGES else "en"
    return {key: row[column] for key, row in _table().items()}


def all_texts() -> dict[str, dict[str, str]]:
    """language -> key -> text, as the browser gets it."""
    return {language: texts(language) for language in LANGUAGES}


def local(number: str, words: Mapping[str, str]) -> str:
    """A number as these words write it: German has a comma where English has a point."""
    return number.replace(".", words["decimal"])


def ssim_text(value: float) -> str:
    """As ssimText of numbers.js: only what is identical may look identical."""
    digits = 4 if 0.9995 <= value < 1 else 3
    return f"{value if value >= 1 else min(value, 0.9999):.{digits}f}"
