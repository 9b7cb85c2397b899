"""What the library says, in the languages of the page.

The library speaks English and knows no page. Its sentences are phrases (`teacache.errors.Phrase`), and
phrases.json has, for each English pattern, the same pattern in the other languages. A pattern that is not in
the table stays English. What is said here is for visitors: long values are cut, and the server's folders are
left out.
"""

from __future__ import annotations

import json
import re
import string
from functools import cache
from pathlib import Path, PurePath
from typing import Any

from teacache.errors import Phrase, TeaCacheError
from ui.words.texts import LANGUAGES

PROGRAM = "program"  # a language of its own: English with the names that programs use
_VISITOR = "visitor"  # of a row: English without what only concerns whoever runs the server
MOST_TEXT = 600  # characters of a value; what a visitor sent may be a million
MOST_QUOTED = 80
_PATH = re.compile(r"(?<![\w:/.~])/(?:[\w.@+~ -]+/)+([\w.@+~-]+)")


class _Filled(string.Formatter):
    """Values as a visitor may see them: short, and without the server's folders."""

    def convert_field(self, value: Any, conversion: str | None) -> Any:
        if conversion == "r" and isinstance(value, str):
            return repr(value if len(value) <= MOST_QUOTED else value[:MOST_QUOTED] + "…")
        return super().convert_field(value, conversion)

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, PurePath):
            return value.name
        text = super().format_field(value, format_spec)
        if isinstance(value, int | float | Phrase):
            return text
        return _PATH.sub(r"\1", text if len(text) <= MOST_TEXT else text[:MOST_TEXT] + "…")


class _German(_Filled):
    """Decimals with a comma."""

    def format_field(self, value: Any, format_spec: str) -> str:
        text = super().format_field(value, format_spec)
        return text.replace(".", ",") if isinstance(value, float) else text


_FILLED_BY = {"de": _German()}
_PLAIN = _Filled()


@cache
def table() -> dict[str, dict[str, str]]:
    """English pattern -> language -> pattern."""
    return json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))


def said(what: Any, language: str) -> str:
    """An error, a phrase or a plain sentence of the library, in one language."""
    phrase = what.phrase if isinstance(what, TeaCacheError) else what
    pattern = phrase.pattern if isinstance(phrase, Phrase) else str(phrase)
    row = table().get(pattern, {})
    pattern = row.get(language) or (row.get(_VISITOR, pattern) if language in ("en", PROGRAM) else pattern)
    values = getattr(phrase, "values", None)
    if not isinstance(phrase, Phrase) or not values:
        return pattern
    translated = {
        name: Phrase(said(value, language)) if isinstance(value, Phrase | TeaCacheError) else value
        for name, value in values.items()
    }
    return _FILLED_BY.get(language, _PLAIN).vformat(pattern, (), translated)


def shown(text: str) -> str:
    """Any text as a visitor may see it: short, and without the server's folders."""
    return _PLAIN.format_field(text, "")


def in_every_language(what: Any) -> dict[str, str]:
    """language -> sentence, for the browser to choose from (`localized` of words/words.js)."""
    return {language: said(what, language) for language in LANGUAGES}
