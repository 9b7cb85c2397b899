"""What the left column asks for: a form of named fields, one table of them, one parser.

The page, a link, a program and a run that is opened all go by the table. Whatever was sent is read here,
once, or refused in one sentence; who gets a form checks nothing again. Knows no components and no models.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar

from teacache.errors import RequestError
from teacache.method.settings import NegativeRule, Settings
from teacache.method.trace import Indicator
from teacache.runs import limits
from ui.base import payload

Estimator = Literal["calibrated", "naive", "own", "planned"]
CALIBRATED: Final = "calibrated"
NAIVE: Final = "naive"
OWN: Final = "own"
PLANNED: Final = "planned"
# Of every choice the usual one first.
ESTIMATORS: tuple[Estimator, ...] = (CALIBRATED, NAIVE, OWN, PLANNED)
INDICATORS: tuple[Indicator, ...] = ("indicator", "embedding", "latent")
NEGATIVES: tuple[NegativeRule, ...] = ("keep", "abs", "zero")
MOST_TEXT = 2_000  # characters of one word of a link; a prompt may have no more either
MOST_STEPS = 10_000  # forced, or reused in a row: more than any run has calls

Read = TypeVar("Read")


@dataclass(frozen=True, kw_only=True)
class Form:
    """The values of the left column. None and empty words are what the model has, or none."""

    threshold: float | None = None
    estimator: Estimator = CALIBRATED
    model: str = ""
    prompt: str = ""
    seed: int | None = None
    steps: int | None = None
    guidance: float | None = None
    first: int | float | None = None  # steps, or a share of them
    last: int | float | None = None
    most: int | None = None  # reuses in a row; 0 for any number
    coefficients: str = ""
    negative: NegativeRule = "keep"
    mode: str = ""
    planned: str = ""
    indicator: Indicator = "indicator"
    image: str | None = None  # the path of an upload
    seconds: float | None = None
    rivals: bool = False
    methods: tuple[str, ...] = ()
    demo: bool = False
    public: bool = False

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Form:
        """A form of values as they were sent, by name; what was not sent is as in an empty column.

        Raises TeaCacheError, one sentence, for the first value that its field cannot hold.
        """
        sent = values.get
        return cls(
            threshold=_maybe(_threshold, sent("threshold")),
            estimator=payload.choice(sent("estimator"), "estimator", ESTIMATORS),
            model=payload.text(sent("model"), "model"),
            prompt=payload.text(sent("prompt"), "prompt"),
            seed=_maybe(limits.seed, sent("seed")),
            steps=_maybe(limits.steps, sent("steps")),
            guidance=_maybe(limits.guidance, sent("guidance")),
            first=_maybe(_first, sent("first")),
            last=_maybe(_last, sent("last")),
            most=_maybe(_most, sent("most")),
            coefficients=payload.text(sent("coefficients"), "coefficients"),
            negative=payload.choice(sent("negative"), "negative", NEGATIVES),
            mode=payload.text(sent("mode"), "mode"),
            planned=payload.text(sent("planned"), "planned"),
            indicator=payload.choice(sent("indicator"), "indicator", INDICATORS),
            image=payload.picture(sent("image")),
            seconds=_maybe(limits.seconds, sent("seconds")),
            rivals=payload.flag(sent("rivals"), "rivals"),
            methods=payload.texts(sent("methods"), "methods"),
            demo=payload.flag(sent("demo"), "demo"),
            public=payload.flag(sent("public"), "public"),
        )


@dataclass(frozen=True, kw_only=True)
class Field:
    """What one field of the form may hold, and where it counts."""

    kind: Literal["number", "whole", "share", "text", "choice", "names", "file", "flag"]
    limits: tuple[float, float] = (0, 1000)  # of numbers in a link
    choices: tuple[str, ...] = ()
    rule: bool = False  # decides calls: a replay of the run on screen obeys it


FIELDS: dict[str, Field] = {
    "threshold": Field(kind="number"),
    "estimator": Field(kind="choice", choices=ESTIMATORS, rule=True),
    "model": Field(kind="text"),
    "prompt": Field(kind="text"),
    "seed": Field(kind="whole", limits=(0, 2**32 - 1)),
    "steps": Field(kind="whole"),
    "guidance": Field(kind="number"),
    "first": Field(kind="share", rule=True),
    "last": Field(kind="share", rule=True),
    "most": Field(kind="whole", rule=True),
    "coefficients": Field(kind="text", rule=True),
    "negative": Field(kind="choice", choices=NEGATIVES, rule=True),
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


def _maybe(read: Callable[[Any], Read], value: Any) -> Read | None:
    """An empty box is None."""
    return None if value is None else read(value)


# TeaCache's own settings read what they will hold, and say what is wrong with it.


def _threshold(value: Any) -> float:
    return Settings(threshold=value).threshold


def _first(value: Any) -> int | float:
    return Settings(threshold=0, first_steps=payload.count(value, "first_steps", MOST_STEPS)).first_steps


def _last(value: Any) -> int | float:
    return Settings(threshold=0, last_steps=payload.count(value, "last_steps", MOST_STEPS)).last_steps


def _most(value: Any) -> int:
    most = payload.count(value, "max_reuses", MOST_STEPS)
    return Settings(threshold=0, max_reuses=None if most == 0 else most).max_reuses or 0


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
