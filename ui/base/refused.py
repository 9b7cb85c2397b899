"""A refusal as an answer to whoever opens an address: one sentence, in the language of the browser."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import PlainTextResponse

from teacache.errors import TeaCacheError
from ui.words.phrases import said
from ui.words.texts import LANGUAGES


def refused(error: TeaCacheError, request: Request, *, status: int) -> PlainTextResponse:
    """The sentence with a status code."""
    return PlainTextResponse(
        said(error, wanted(request.headers.get("accept-language", ""))), status_code=status
    )


def wanted(accepted: str) -> str:
    """The first language of an Accept-Language header that the page speaks, else English."""
    named = re.findall(r"[a-z]{2,3}(?![a-z])", re.sub(r";[^,]*|-[^,;]*", "", accepted.lower()))
    return next((language for language in named if language in LANGUAGES), "en")
