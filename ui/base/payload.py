"""Values as programs and pages sent them, of any type, read as what they should be.

Gradio would round, convert or refuse them in words of its own, so no event lets it (`preprocess` is off).
Numbers are judged where their limits are known.
"""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import TypeAdapter

from teacache.errors import Phrase, RequestError
from teacache.method.reading import Line, is_list, is_object, read, shown

Choice = TypeVar("Choice", bound=str)
_TEXTS: TypeAdapter[dict[str, list[Line]]] = TypeAdapter(dict[str, list[Line]])


def text(value: Any, name: str) -> str:
    """Words; nothing at all is empty. Raises RequestError for a value of another type."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise RequestError("{name} must be text.", name=name)
    return value


def texts(value: Any, name: str) -> tuple[str, ...]:
    """A list of words; nothing at all is an empty one. Raises RequestError for anything else."""
    if value is None:
        return ()
    return tuple(read(_TEXTS, {name: value}, whole=name, refusal=RequestError)[name])


def choice(value: Any, name: str, choices: tuple[Choice, ...]) -> Choice:
    """One of a few words; nothing at all is the first of them. Raises RequestError for another."""
    word = text(value, name) or choices[0]
    for option in choices:
        if word == option:
            return option
    raise RequestError(
        "{where} is {value}, but must be one of {known}.",
        where=name,
        value=shown(word),
        known=", ".join(choices),
    )


def flag(value: Any, name: str) -> bool:
    """Yes or no; nothing at all is no. Raises RequestError for a value of another type."""
    if not isinstance(value, bool | None):
        raise RequestError("{name} must be true or false.", name=name)
    return bool(value)


def number(value: Any, name: str) -> Any:
    """A number, 3.0 as 3. Raises RequestError for a value of another type."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RequestError("{name} must be a number.", name=name)
    return plain(value)


def picture(value: Any) -> str | None:
    """The path of an upload, which Gradio has checked to be one. Raises RequestError for anything else."""
    if not value:
        return None
    path = value.get("path") if is_object(value) else None
    if not isinstance(path, str):
        raise RequestError("An image is uploaded, not named by its address: send the file itself.")
    return path


def plain(value: Any) -> Any:
    """JSON writers send 3 as 3.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def count(value: Any, name: str, most: int) -> Any:
    """A number of steps or a share of them, 3.0 as 3; whoever uses it knows how few there may be.

    Raises RequestError for one beyond `most`, which could not even be shown.
    """
    number = plain(value)
    if isinstance(number, int | float) and abs(number) > most:
        raise RequestError(
            "{name} is {value:.3g}, but must be at most {most}.",
            name=Phrase(name),
            value=float(number),
            most=most,
        )
    return number


def names(value: Any, most: int) -> list[str]:
    """The latest names of a list; whatever is no name is left out."""
    return [name for name in value if isinstance(name, str)][-most:] if is_list(value) else []
