"""The first page on its way out: our first script and the first screen put into it, then compressed.

Gradio adds a page's own head only after it has chosen its language, and compresses by file endings, of
which "/" has none. Knows the one address, and four places in Gradio's page (checked with 6.31); everything
else passes through untouched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.base.packing import LEVEL

_HEAD, _END = b"<head>", b"</head>"
_BODY = re.compile(rb"<body[^>]*>")
# Says that addresses are relative to the page's own, as they are without it. With it Plotly would bind clips
# and hatches to the address of the moment, which changes, and they would be lost.
_BASE = re.compile(rb'<base href="\./"\s*/?>')


class FirstPage:
    """ASGI middleware for "/": `head` (HTML) comes first in its head and `loads` last, a poster first in its
    body, and no base address; gzipped.

    `posters` (language -> HTML) show what the bare address does; with a query that may be something else.
    `policy`: the content security policy of the whole page.
    """

    def __init__(
        self,
        app: ASGIApp,
        head: str,
        loads: str = "",
        posters: Mapping[str, str] | None = None,
        *,
        policy: Callable[[bytes], str],
    ):
        self._plain, self._policy = app, policy
        self._head, self._loads = head.encode(), loads.encode()
        self._posters = {language: html.encode() for language, html in (posters or {}).items()}
        self._gzipped = GZipMiddleware(self._filled, compresslevel=LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        first = scope["type"] == "http" and scope["path"] == "/" and scope["method"] == "GET"
        await (self._gzipped if first else self._plain)(scope, receive, send)

    async def _filled(self, scope: Scope, receive: Receive, send: Send) -> None:
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
            whole = body.replace(_HEAD, _HEAD + self._head, 1).replace(_END, self._loads + _END, 1)
            whole = _BASE.sub(b"", whole, count=1)
            whole = _BODY.sub(lambda tag: tag[0] + self._poster(scope), whole, count=1)
            headers = MutableHeaders(raw=start["headers"])
            headers["content-length"] = str(len(whole))
            headers["content-security-policy"] = self._policy(whole)
            await send(start)
            await send({"type": "http.response.body", "body": whole})

        await self._plain(scope, receive, hold)

    def _poster(self, scope: Scope) -> bytes:
        if scope["query_string"] or not self._posters:
            return b""
        wanted = Headers(scope=scope).get("accept-language", "")
        spoken = [tag.strip()[:2].lower() for tag in wanted.split(",")]  # browsers name the dearest first
        return self._posters[next((language for language in spoken if language in self._posters), "en")]
