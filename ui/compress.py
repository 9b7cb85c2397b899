"""The first page on its way out: our first script put before Gradio's, then compressed.

Gradio adds a page's own head only after it has chosen its language, and compresses by file endings, of
which "/" has none. Knows the one address; everything else passes through untouched.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LEVEL = 6  # a few milliseconds for 300 kB
_HEAD = b"<head>"


class FirstPage:
    """ASGI middleware: `head` (HTML) becomes the first thing in the head of "/", gzipped where it may be."""

    def __init__(self, app: ASGIApp, head: str):
        self._plain = app
        self._head = head.encode()
        self._gzipped = GZipMiddleware(self._with_head, compresslevel=LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        first = scope["type"] == "http" and scope["path"] == "/" and scope["method"] == "GET"
        await (self._gzipped if first else self._plain)(scope, receive, send)

    async def _with_head(self, scope: Scope, receive: Receive, send: Send) -> None:
        start: Message = {}
        body = b""

        async def hold(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            whole = body.replace(_HEAD, _HEAD + self._head, 1)
            MutableHeaders(raw=start["headers"])["content-length"] = str(len(whole))
            await send(start)
            await send({"type": "http.response.body", "body": whole})

        await self._plain(scope, receive, hold)
