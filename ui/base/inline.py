"""A module and all that it imports, in one document that fetches nothing.

A module without an address has no relative imports: an import map names every one of them instead, and gives
its text as a data: address. The document's policy must allow these (`script-src 'unsafe-inline' data:`).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path

from teacache.study.html import filled
from ui.base import scripts

_TEMPLATE = Path(__file__).with_suffix(".html.jinja")


def script(entry: str, texts: Mapping[str, str] | None = None) -> str:
    """The elements for a document. `entry`: a path within ui; `texts`: path -> other text than the page's."""
    modules: dict[str, str] = {}
    waiting = [entry]
    while waiting:
        path = waiting.pop()
        if path not in modules:
            text = (texts or {}).get(path) or text_of(path)
            modules[path], imported = _named(path, text)
            waiting += imported
    start = modules.pop(entry)
    names = {path: _address(text) for path, text in sorted(modules.items())}
    return filled(_TEMPLATE, names=json.dumps({"imports": names}), start=start)


def text_of(path: str) -> str:
    """The text of a module within ui."""
    return scripts.tree().get(path) or (scripts.UI / path).read_text(encoding="utf-8")


def _named(path: str, text: str) -> tuple[str, list[str]]:
    """The text with every relative import under its full path, and those paths."""
    named = scripts.IMPORT.sub(lambda m: f'{m[1]}"{scripts.resolved(path, m[2])}"', text)
    return named, scripts.imports(path, text)


def _address(text: str) -> str:
    return "data:text/javascript;base64," + base64.b64encode(text.encode()).decode()
