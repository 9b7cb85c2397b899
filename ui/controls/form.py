"""What the left column asks for: a form of named fields, one table of them, one parser.

The page, a link and a run that is opened all go by the table. Knows no components and no models.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from teacache.errors import RequestError
from ui.base import payload

CALIBRATED, NAIVE, OWN, PLANNED = ESTIMATORS = ("calibrated", "naive", "own", "planned")
INDICATORS = ("indicator", "embedding", "latent")
NEGATIVES = ("keep", "abs", "zero")
MOST_TEXT = 2_000  # characters of one word of a link; a prompt may have no more either


@dataclass(frozen=True, kw_only=True)
class Form:
    """The values of the left column. Numbers are as they were sent: judged where their limits are known."""

    threshold: Any = None
    estimator: str = CALIBRATED
    model: Any = None
    prompt: str = ""
    seed: Any = None
    steps: Any = None
    guidance: Any = None
    first: Any = None
    last: Any = None
    most: Any = None
    coefficients: str = ""
    negative: Any = "keep"
    mode: str = ""
    planned: str = ""
    indicator: Any = "indicator"  # a signal; whoever reads a trace with it refuses another
    image: Any = None
    seconds: Any = None
    rivals: bool = False
    methods: Any = None
    demo: bool = False
    public: bool = False

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Form:
        """A form from values of any type, by name. Raises RequestError for words or marks that are none."""
        return cls(**{name: _SENT.get(FIELDS[name].kind, _as_sent)(v, name) for name, v in values.items()})


@dataclass(frozen=True, kw_only=True)
class Field:
    """What one field of the form may hold, and where it counts."""

    kind: Literal["number", "whole", "share", "text", "choice", "name", "names", "file", "flag"]
    limits: tuple[float, float] = (0, 1000)  # of numbers in a link
    choices: tuple[str, ...] = ()
    rule: bool = False  # decides calls: a replay of the run on screen obeys it


FIELDS: dict[str, Field] = {
    "threshold": Field(kind="number"),
    "estimator": Field(kind="choice", choices=ESTIMATORS, rule=True),
    "model": Field(kind="name"),
    "prompt": Field(kind="text"),
    "seed": Field(kind="whole", limits=(0, 2**32 - 1)),
    "steps": Field(kind="whole"),
    "guidance": Field(kind="number"),
    "first": Field(kind="share", rule=True),
    "last": Field(kind="share", rule=True),
    "most": Field(kind="whole", rule=True),
    "coefficients": Field(kind="text", rule=True),
    "negative": Field(kind="name", choices=NEGATIVES, rule=True),  # the settings refuse an unknown one
    "mode": Field(kind="text", rule=True),
    "planned": Field(kind="text", rule=True),
    "indicator": Field(kind="choice", choices=INDICATORS, rule=True),
    "image": Field(kind="file"),
    "seconds": Field(kind="number"),
    "rivals": Field(kind="flag"),
    "methods": Field(kind="names"),
    "demo": Field(kind="flag"),  # the smaller size of a large model
    "public": Field(kind="flag"),  # the run goes into the gallery
}
OF_A_RUN = tuple(name for name in FIELDS if name != "indicator")  # another signal can only be replayed
RULES = tuple(name for name, field in FIELDS.items() if field.rule)
# what takes the values of an opened run
RESTORED = tuple(name for name in FIELDS if name not in ("rivals", "methods", "public"))
LINKED = tuple(name for name in RESTORED if name not in ("image", "demo"))  # a link's run brings these

OF_LAB = tuple(name for name in LINKED if name not in ("threshold", "prompt"))  # what Simple does not show


def from_link(words: Mapping[str, Any]) -> dict[str, Any]:
    """The words of a link as values by name.

    Raises RequestError, one sentence, for a word that no field can have.
    """
    return {name: _from_link(name, str(word)) for name, word in words.items()}


def named(names: Iterable[str], values: Iterable[Any]) -> dict[str, Any]:
    """Values as an event brings them, by name."""
    return dict(zip(names, values, strict=True))


def _as_sent(value: Any, name: str) -> Any:
    return value


_SENT: dict[str, Callable[[Any, str], Any]] = {
    "text": payload.text,
    "choice": payload.text,
    "flag": payload.flag,
}


def _from_link(name: str, word: str) -> Any:
    if name not in LINKED:
        raise RequestError("The link holds {name!r}, which is nothing that can be set.", name=name)
    field = FIELDS[name]
    if field.kind in ("number", "whole", "share"):
        return _number(name, word, field)
    if field.choices and word not in field.choices:
        raise RequestError(
            "The link asks for {name} {word!r}: choose from {known}.",
            name=name,
            word=word,
            known=", ".join(field.choices),
        )
    if len(word) > MOST_TEXT:
        raise RequestError("The link's {name} is longer than {most} characters.", name=name, most=MOST_TEXT)
    return word


def _number(name: str, word: str, field: Field) -> float | int:
    low, high = field.limits
    try:
        number = float(word)
    except ValueError:
        number = math.nan
    fraction = field.kind == "number" or (field.kind == "share" and 0 < number < 1)
    if not low <= number <= high or (not fraction and number != int(number)):
        raise RequestError(
            "The link asks for {name} {word!r}: it goes from {low} to {high}.",
            name=name,
            word=word,
            low=f"{low:.10g}",
            high=f"{high:.10g}",
        )
    return number if fraction else int(number)
