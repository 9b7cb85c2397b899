"""What may be asked of this server: one table. Whatever else Gradio serves is closed, also in later versions.

Knows addresses and sizes; knows no requests.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ui.gradio_glue.protocol import API

Kind = Literal["plain", "page", "call", "listen", "upload", "trace", "made", "tools"]
SMALL = 16 * 2**10  # bytes of a body that says little
MOST_ADDRESS = 16 * 2**10  # characters of path and query: a what-if's download names all of its settings
TRACE = "/teacache/trace"


@dataclass(frozen=True)
class Open:
    """A way in: the methods, the path as a pattern, and what is behind it."""

    methods: tuple[str, ...]
    path: re.Pattern[str]
    kind: Kind = "plain"


def _open(methods: str, path: str, kind: Kind = "plain") -> Open:
    return Open(tuple(methods.split()), re.compile(path), kind)


LOOK, SEND = "GET HEAD", "POST"
TABLE = (
    _open(LOOK, r"/", "page"),
    # ours
    _open(LOOK, r"/teacache/(pairs/.+|take/[^/]+/report\.html|teach/[^/]+/lanes/.+)", "made"),
    _open(LOOK, r"/teacache/.+"),
    _open(SEND, TRACE, "trace"),
    # what Gradio's front end is made of
    _open(LOOK, r"/(config|info|theme\.css|favicon\.ico|robots\.txt|manifest\.json|pwa_icon(/\d+)?)/?"),
    _open(LOOK, r"/(assets|static|svelte)/.+"),
    _open(LOOK, API + r"/(config|info|openapi\.json|app_id|startup-events|theme\.css)/?"),
    _open(LOOK, API + r"/(token|user|login_check)/?"),
    # files of a run or of this visitor; an address would be fetched for him
    _open(LOOK, API + r"/file(=|/)(?!https?:)(?!//).+"),
    # calls, their answers, and their end
    _open(SEND, API + r"/(queue/join|(call|call/v2|run|api)/\w+)/?", "call"),
    _open(LOOK, API + r"/(queue/data|call/(v2/)?\w+/\w+)", "listen"),
    _open(LOOK, API + r"/(queue/status|heartbeat/[\w-]+|upload_progress)"),
    _open(SEND, API + r"/(cancel|reset/?)"),
    _open(SEND, API + r"/upload", "upload"),
    # assistants
    _open("GET HEAD POST DELETE", API + r"/mcp(/(schema|sse|messages|http)?/?)?", "tools"),
    _open("OPTIONS", r"/.*"),
)  # fmt: skip


def find(method: str, path: str) -> Open | None:
    """The row of the table that lets a request in; None where nothing is open."""
    return next((row for row in TABLE if method in row.methods and row.path.fullmatch(path)), None)
