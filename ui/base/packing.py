"""Routes whose answers are text, packed for who can unpack them. Knows no answer."""

from __future__ import annotations

from collections.abc import Callable

from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

SMALL = 500  # bytes, from which on it pays
LEVEL = 6  # 9 takes twice the time for a fortieth less, or not even that


def packed(path: str, answer: Callable[[Request], Response]) -> Route:
    """A route for reading whose answers are packed."""
    return Route(
        path, answer, middleware=[Middleware(GZipMiddleware, minimum_size=SMALL, compresslevel=LEVEL)]
    )
