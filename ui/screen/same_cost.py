"""The methods that the card "At the same cost" can be asked for, by name and title. Imports no torch.

The methods themselves are in teacache/study/methods, which does; a test holds the two tables together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from teacache.errors import RequestError

USUAL = ("uniform", "fewer_steps")
TITLES = {
    "naive": "TeaCache, naive",
    "tea_embedding": "TeaCache on the time embedding",
    "tea_latent": "TeaCache on the noisy input",
    "uniform": "Uniform reuse",
    "fewer_steps": "Fewer steps",
    "planned": "Planned schedule",
    "pab": "PAB",
    "fastercache": "FasterCache",
    "taylorseer": "TaylorSeer",
    "first_block": "FirstBlockCache",
    "mag_cache": "MagCache",
    "sea_cache": "SeaCache",
    "easy_cache": "EasyCache",
    "db_cache": "DBCache",
}


def title(name: str, words: dict[str, str]) -> str:
    """A method's name on the page: translated where it is a word, else as it calls itself."""
    return words.get(f"rival_{name}") or TITLES.get(name, name)


def chosen(names: Sequence[str]) -> tuple[str, ...]:
    """The methods that a visitor or a program names; none at all are the usual two.

    Raises RequestError for a name that is none.
    """
    methods = tuple(dict.fromkeys(names))
    for name in methods:
        if name not in TITLES:
            raise RequestError(
                "There is no method {name!r}: choose from {known}.", name=name, known=", ".join(TITLES)
            )
    return methods or USUAL


def of(rivals: Sequence[Any]) -> tuple[str, ...]:
    """The methods that belong in the table of a stored run: those it was made with, or else the usual two."""
    names = tuple(rival.name for rival in rivals)
    return USUAL if set(names) <= set(USUAL) else names
