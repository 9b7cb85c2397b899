"""The errors that are meant for people: one small family, one sentence each: what is wrong and what to do.

Code below the page raises these; the page turns them into a toast at its edge. Anything else that escapes
is a defect. All of it is English here; a page finds other languages by a sentence's pattern.
"""

from __future__ import annotations

from collections.abc import Iterable


class Phrase(str):
    """Words for a person: an English pattern with its values filled in, and both kept for a translator.

    `Phrase("{n} steps", n=3) == "3 steps"`. A value may be a phrase again. Without values the pattern is
    taken as it stands, braces and all.
    """

    pattern: str
    values: dict[str, object]

    def __new__(cls, pattern: str, /, **values: object) -> Phrase:
        if isinstance(pattern, Phrase) and not values:
            return pattern
        phrase = super().__new__(cls, pattern.format(**values) if values else pattern)
        phrase.pattern, phrase.values = str(pattern), values
        return phrase

    @classmethod
    def joined(cls, phrases: Iterable[str], by: str = "; ") -> Phrase:
        """Phrases one after the other; without any, an empty one."""
        named = {f"part{place}": phrase for place, phrase in enumerate(phrases)}
        return cls(by.join(f"{{{name}}}" for name in named), **named)


class TeaCacheError(Exception):
    """Base of every error that a person should read. Its message is one plain sentence, a Phrase.

    The pattern is written out where the error is raised: `RequestError("{n} is too many.", n=n)`.
    """

    def __init__(self, pattern: str, /, **values: object):
        self.phrase = Phrase(pattern, **values)
        super().__init__(self.phrase)


class SettingsError(TeaCacheError, ValueError):
    """A setting is out of its range; the message names the field, the value, the range and the fix."""

    def __init__(self, field: str, value: object, allowed: str, fix: str):
        super().__init__(
            "{field} is {value}, but must be {allowed}: {fix}.",
            field=Phrase(field),
            value=repr(value),
            allowed=Phrase(allowed),
            fix=Phrase(fix),
        )
        self.field = field


class UnsupportedModelError(TeaCacheError):
    """TeaCache does not know where this transformer keeps its blocks."""


class AttachError(TeaCacheError):
    """TeaCache cannot be attached to this pipeline as it stands."""


class RequestError(TeaCacheError, ValueError):
    """A prompt, size, step count or other input of a run cannot be used."""


class ModelLoadError(TeaCacheError):
    """A model could not be found, read or fitted into memory."""


class TraceFormatError(TeaCacheError, ValueError):
    """A trace file does not follow the schema; the message names the field."""


class StoreError(TeaCacheError, OSError):
    """A run could not be written to or read from the runs folder."""


class VideoError(TeaCacheError):
    """A video could not be encoded."""


class Cancelled(TeaCacheError):
    """The run was stopped before its end, on request."""


def first_line(error: BaseException, most: int = 200) -> str:
    """The first line of an error of a library, without its stop, for a sentence of ours; cut short."""
    line = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
    return line if len(line) <= most else f"{line[:most]}..."
