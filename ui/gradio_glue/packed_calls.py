"""Gradio's answers to calls that wait in no queue, packed.

It sends them as they are, though one that opens a run has all of it: a hundred kilobytes, of which packed a
fifth is left. Knows the one address (checked with 6.31); everything else passes through untouched.
"""

from __future__ import annotations

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.base.packing import LEVEL, SMALL

_CALLS = "/gradio_api/run/"


class PackedCalls:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp):
        self._plain = app
        self._packed = GZipMiddleware(app, minimum_size=SMALL, compresslevel=LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_call = scope["type"] == "http" and _CALLS in scope["path"]
        await (self._packed if is_call else self._plain)(scope, receive, send)
