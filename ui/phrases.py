"""What the library says, in the languages of the page.

The library speaks English and knows no page. Its sentences are phrases (`teacache.errors.Phrase`), and
phrases.json has, for each English pattern, the same pattern in the other languages. A pattern that is not in
the table stays English.
"""

from __future__ import annotations

import json
import string
from functools import cache
from pathlib import Path
from typing import Any

from teacache.errors import Phrase, TeaCacheError
from ui.texts import LANGUAGES


class _German(string.Formatter):
    """Decimals with a comma."""

    def format_field(self, value: Any, format_spec: str) -> str:
        text = super().format_field(value, format_spec)
        return text.replace(".", ",") if isinstance(value, float) else text


_FILLED_BY = {"de": _German()}
_PLAIN = string.Formatter()


@cache
def table() -> dict[str, dict[str, str]]:
    """English pattern -> language -> pattern."""
    return json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))


def said(what: Any, language: str) -> str:
    """An error, a phrase or a plain sentence of the library, in one language."""
    phrase = what.phrase if isinstance(what, TeaCacheError) else what
    pattern = phrase.pattern if isinstance(phrase, Phrase) else str(phrase)
    pattern = table().get(pattern, {}).get(language, pattern)
    values = getattr(phrase, "values", None)
    if not isinstance(phrase, Phrase) or not values:
        return pattern
    translated = {
        name: said(value, language) if isinstance(value, Phrase | TeaCacheError) else value
        for name, value in values.items()
    }
    return _FILLED_BY.get(language, _PLAIN).vformat(pattern, (), translated)


def in_every_language(what: Any) -> dict[str, str]:
    """language -> sentence, for the browser to choose from (`teacache.said` in core.js)."""
    return {language: said(what, language) for language in LANGUAGES}
