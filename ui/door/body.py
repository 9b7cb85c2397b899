"""A request's body, read within limits of size and time before anyone else sees it.

Knows ASGI messages; nothing of what is in them.
"""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.formparsers import MultiPartException
from starlette.types import Message, Receive, Scope

from teacache.errors import Phrase, RequestError

A_FILE = b"filename="  # what every file of a form has before it
TOO_SLOW = Phrase("The request's body took too long to come: send it again.")
PATIENCE = 60.0  # seconds for a whole body; a slower one would hold its place for good
DIGITS = 18  # of a length; Python refuses to read some thousand
MOST_AT_ONCE = 96 * 2**20  # bytes of all bodies under way


class Bodies:
    """Reads bodies; all of them together are bounded too. Belongs to one event loop."""

    def __init__(self, most_at_once: int = MOST_AT_ONCE):
        self._most = most_at_once
        self._held = 0

    def refuse_early(self, scope: Scope, most: int) -> None:
        """Raise RequestError for a body that says itself that it is too large: nothing of it is read."""
        length = Headers(scope=scope).get("content-length", "")
        if length.isdecimal() and (len(length) > DIGITS or int(length) > most):
            raise too_large(most)

    async def read(self, scope: Scope, receive: Receive, most: int) -> bytes:
        """All of a body. Raises RequestError if it, or all of them, are too large, or it comes too slowly."""
        self.refuse_early(scope, most)
        pieces: list[bytes] = []
        length = 0
        try:
            async with asyncio.timeout(PATIENCE):
                more = True
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise RequestError("The request ended before its body did.")
                    piece = message.get("body", b"")
                    length += len(piece)
                    self._held += len(piece)
                    if length > most:
                        raise too_large(most)
                    if self._held > self._most:
                        raise RequestError(
                            "The server is busy with other large requests: try again in a minute."
                        )
                    pieces.append(piece)
                    more = message.get("more_body", False)
        except TimeoutError as error:
            raise RequestError(TOO_SLOW) from error
        finally:
            self._held -= length
        return b"".join(pieces)

    def watched(self, scope: Scope, receive: Receive, most: int) -> Receive:
        """A `receive` that passes a form on piece by piece, and raises Refused where `read` would.

        So does a form with more than one file, and one whose sender left: its reader cleans up after that.
        """
        self.refuse_early(scope, most)
        length, names, tail, complete = 0, 0, b"", False

        async def passed() -> Message:
            nonlocal length, names, tail, complete
            try:
                async with asyncio.timeout(None if complete else PATIENCE):
                    message = await receive()
            except TimeoutError as error:
                raise Refused(TOO_SLOW) from error
            text = tail + message.get("body", b"")
            length += len(text) - len(tail)
            names += text.count(A_FILE)
            tail = text[-(len(A_FILE) - 1) :]
            if length > most:
                raise Refused(str(too_large(most)))
            if names > 1:
                raise Refused(Phrase("Only one file can be sent at a time."))
            if message["type"] == "http.disconnect" and not complete:
                raise Refused("The request ended before its body did.")
            complete = complete or not message.get("more_body", False)
            return message

        return passed


class Refused(MultiPartException):
    """What a reader of forms answers with its message, after it has thrown away what it had."""


def too_large(most: int) -> RequestError:
    """The sentence for a body of more than `most` bytes."""
    return RequestError("The request holds more than {most:.3g} MB: send less.", most=most / 2**20)


def replayed(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives a body that was read; afterwards it tells of the end of the connection."""
    first: Message | None = {"type": "http.request", "body": body, "more_body": False}

    async def given() -> Message:
        nonlocal first
        if first is not None:
            message, first = first, None
            return message
        return await receive()

    return given
