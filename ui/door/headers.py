"""What browsers are told about what this page may do: scripts and connections of this server alone.

Gradio draws our own parts with functions made from text, so `unsafe-eval` must stay; scripts written into
the page are named by their hash, so that nothing a visitor types could become one.
"""

from __future__ import annotations

import base64
import hashlib
import re

from starlette.datastructures import MutableHeaders

# Where the page may be shown within another: teachers embed it, and a Space is a frame on the hub.
FRAMES = "'self' https://huggingface.co https://*.hf.space"
_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
NO_GUESSING = "X-Content-Type-Options"
EVERYWHERE = {
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
# What no browser makes a document of, and no other type may be guessed for: opened by itself it is text. A
# first visit fetches some two hundred of these, and the other headers would be a twelfth of what it weighs.
NO_DOCUMENTS = ("text/javascript", "text/css")
# Of everything that is no page: opened by itself it runs nothing.
NO_PAGE = f"default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; media-src 'self'; sandbox; frame-ancestors {FRAMES}"  # noqa: E501


def of_page(html: bytes) -> str:
    """The Content-Security-Policy of a page, with the hashes of the scripts in it."""
    hashes = {base64.b64encode(hashlib.sha256(script).digest()).decode() for script in _SCRIPT.findall(html)}
    named = " ".join(f"'sha256-{digest}'" for digest in sorted(hashes))
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'unsafe-eval' {named}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "media-src 'self' data: blob:",
            "font-src 'self' data:",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            f"frame-ancestors {FRAMES}",
        )
    )


def add(headers: MutableHeaders) -> None:
    """Put the headers of everything on an answer, and the strict policy where it has none of its own."""
    headers.setdefault(NO_GUESSING, "nosniff")
    if headers.get("Content-Type", "").partition(";")[0] in NO_DOCUMENTS:
        return
    for name, value in EVERYWHERE.items():
        headers.setdefault(name, value)
    headers.setdefault("Content-Security-Policy", NO_PAGE)
