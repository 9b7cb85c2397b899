"""What every page beside the demo has, the gallery and the sweeps': its words in one language, and one look.

A page's folder holds `words.json`, key -> language -> text, and its own part of the style as a .css.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from ui.words.texts import LANGUAGES, local, texts


def words_in(folder: Path, language: str) -> dict[str, str]:
    """The page's texts in one language, else in English."""
    column = language if language in LANGUAGES else "en"
    return {key: row[column] for key, row in _table(folder).items()}


def style_of(folder: Path) -> str:
    """What all these pages share, and the page's own part."""
    shared = Path(__file__).with_suffix(".css")
    return "".join(path.read_text(encoding="utf-8") for path in (shared, *sorted(folder.glob("*.css"))))


def number_in(language: str, number: str) -> str:
    """A number as it is written in a language."""
    return local(number, texts(language))


@cache
def _table(folder: Path) -> dict[str, dict[str, str]]:
    return json.loads((folder / "words.json").read_text(encoding="utf-8"))
