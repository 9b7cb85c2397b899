"""The errors that are meant for people: one small family, one sentence each: what is wrong and what to do.

Code below the page raises these; the page turns them into a toast at its edge. Anything else that escapes
is a defect.
"""


class TeaCacheError(Exception):
    """Base of every error that a person should read. Its message is one plain sentence.

    Where a page may say it in another language, `key` names the sentence and `values` holds what is filled
    in; both are empty where the message stands for itself.
    """

    def __init__(self, *message: object, key: str = "", **values: object):
        super().__init__(*message)
        self.key = key
        self.values = values


class SettingsError(TeaCacheError, ValueError):
    """A setting is out of its range; the message names the field, the value, the range and the fix."""

    def __init__(self, field: str, value: object, allowed: str, fix: str):
        super().__init__(f"{field} is {value!r}, but must be {allowed}: {fix}.")
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
