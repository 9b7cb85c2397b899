"""JSON from outside as the values that it should hold: one layer for traces, runs, requests and schedules.

The types of a dataclass or of a dictionary say what each field may hold, strictly: no text for a number, no 1
for true. What pydantic finds wrong becomes one sentence that names the field. Knows no schema.
"""

from __future__ import annotations

import sys
import unicodedata
from typing import Annotated, Any, TypeGuard, TypeVar

from annotated_types import Ge, Gt, Le
from pydantic import AfterValidator, AllowInfNan, Strict, TypeAdapter, ValidationError

from teacache.errors import Phrase, TeaCacheError

_LARGEST = int(sys.float_info.max)  # a whole number can be larger than any float
_SHOWN = 60  # characters of a wrong value

Read = TypeVar("Read")


class OddCharacter(ValueError):
    """A text holds what no text should. `within`: where in the field, such as ".variant"."""

    def __init__(self, character: str, within: str):
        self.code, self.within = f"{ord(character):04X}", within
        super().__init__(f"U+{self.code}")  # pydantic could not encode half a character


def line(text: str, within: str = "") -> str:
    """A text without halves of characters, which no file can hold, and control characters, which end a line.

    `within`: what is to be said behind the name of the field, such as ".variant".
    """
    return _checked(text, ("Cs", "Cc"), within)


def prose(text: str) -> str:
    """A text that may have lines: it was typed."""
    return _checked(text, ("Cs",), "")


def _checked(text: str, refused: tuple[str, ...], within: str) -> str:
    for character in text:
        if unicodedata.category(character) in refused:
            raise OddCharacter(character, within)
    return text


Flag = Annotated[bool, Strict()]
Line = Annotated[str, Strict(), AfterValidator(lambda text: line(text))]
Prose = Annotated[str, Strict(), AfterValidator(prose)]
Whole = Annotated[int, Strict(), Ge(-_LARGEST), Le(_LARGEST)]
Count = Annotated[int, Strict(), Ge(0), Le(_LARGEST)]
Size = Annotated[int, Strict(), Gt(0), Le(_LARGEST)]
Number = Annotated[float, Strict(), AllowInfNan(False)]
Positive = Annotated[float, Strict(), AllowInfNan(False), Ge(0)]  # or 0


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether a value out of JSON is an object: its names are texts, what they stand for is anything."""
    return isinstance(value, dict)


def is_list(value: Any) -> TypeGuard[list[Any]]:
    """Whether a value out of JSON is a list, of anything."""
    return isinstance(value, list)


def read(
    adapter: TypeAdapter[Read], data: Any, *, whole: str, refusal: type[TeaCacheError], version: int = 1
) -> Read:
    """The data as the adapter's type. `whole`: what the data is called where it is wrong as a whole.

    Raises `refusal`, one sentence that names the first field that is wrong.
    """
    try:
        return adapter.validate_python(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise refusal(_sentence(dict(first), whole, version)) from error
    except UnicodeEncodeError as error:  # half a character in a name stops pydantic itself
        odd = OddCharacter(error.object[error.start], "")
        raise refusal(_of_ours(odd, whole, "")) from error


def shown(value: Any) -> str:
    """A wrong value as a sentence holds it, cut short."""
    text = repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


def _sentence(error: dict[str, Any], whole: str, version: int) -> Phrase:
    kind, context = error["type"], error.get("ctx", {})
    value = shown(error["input"])
    where = _place(error["loc"], value) or whole
    if kind == "value_error":
        return _of_ours(context["error"], where, value)
    if kind.startswith("missing"):
        return Phrase("{where} is missing.", where=where)
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        return Phrase("{where} is not a field of version {known}.", where=where, known=version)
    if kind == "literal_error":
        allowed = context["expected"].replace("'", "").replace(" or ", ", ")
        return Phrase(
            "{where} is {value}, but must be one of {known}.", where=where, value=value, known=allowed
        )
    wanted = _wanted(kind, context)
    return Phrase("{where} must be {wanted}, but is {value}.", where=where, wanted=wanted, value=value)


def _of_ours(error: ValueError, where: str, value: str) -> Phrase:
    """What a check of ours has found within a field."""
    if isinstance(error, OddCharacter):
        return Phrase(
            "{where} holds the character U+{code}, which is no part of a text: leave it out.",
            where=where + error.within,
            code=error.code,
        )
    if isinstance(error, TeaCacheError):
        return Phrase("{where}: {error}", where=where, error=error.phrase)
    return Phrase("{where} must be {wanted}, but is {value}.", where=where, wanted=_OBJECT, value=value)


def _wanted(kind: str, context: dict[str, Any]) -> Phrase:
    if kind == "greater_than_equal" and abs(context["ge"]) < _LARGEST:
        return Phrase("at least {least}", least=f"{context['ge']:g}")
    if kind == "greater_than":
        return Phrase("above {least}", least=context["gt"])
    wanted = _WANTED.get(kind)
    return Phrase("of another kind") if wanted is None else wanted


_NUMBER, _OBJECT, _LIST = Phrase("a finite number"), Phrase("a JSON object"), Phrase("a list")
_WANTED = {
    "int_type": Phrase("a whole number"),
    "int_from_float": Phrase("a whole number"),
    "less_than_equal": _NUMBER,
    "greater_than_equal": _NUMBER,
    "float_type": _NUMBER,
    "finite_number": _NUMBER,
    "bool_type": Phrase("true or false"),
    "string_type": Phrase("a text"),
    "string_unicode": Phrase("a text"),
    "list_type": _LIST,
    "tuple_type": _LIST,
    "dict_type": _OBJECT,
    "dataclass_type": _OBJECT,
    "model_type": _OBJECT,
}


def _place(location: tuple[int | str, ...], value: str) -> str:
    """Such as records[1].step; of a wrong name the name itself, which is the `value`."""
    if location[-1:] == ("[key]",):
        location = (*location[:-2], value)
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return "".join(parts).removeprefix(".")
