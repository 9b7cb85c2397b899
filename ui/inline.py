"""A module and all that it imports, in one document that fetches nothing.

A module without an address has no relative imports: an import map names every one of them instead, and gives
its text as a data: address. The document's policy must allow these (`script-src 'unsafe-inline' data:`).
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from ui import scripts

_IMPORT = re.compile(r'^(import\s+(?:[^;"]*?\sfrom\s+)?)"(\.[^"]+)"', re.MULTILINE)


def script(entry: str, given: Mapping[str, str] | None = None) -> str:
    """The elements for a document. `entry`: a path within ui; `given`: path -> other text than the page's."""
    modules, waiting = {}, [entry]
    while waiting:
        path = waiting.pop()
        if path not in modules:
            text = (given or {}).get(path) or text_of(path)
            modules[path], asked = _named(path, text)
            waiting += asked
    start = modules.pop(entry)
    names = {path: _address(text) for path, text in sorted(modules.items())}
    table = json.dumps({"imports": names})
    return f'<script type="importmap">{table}</script>\n<script type="module">\n{start}</script>'


def text_of(path: str) -> str:
    """The text of a module within ui."""
    return scripts.tree().get(path) or (scripts.UI / path).read_text(encoding="utf-8")


def imports(path: str, text: str) -> list[str]:
    """The modules that one imports, as paths within ui."""
    return [_resolved(path, found[2]) for found in _IMPORT.finditer(text)]


def _named(path: str, text: str) -> tuple[str, list[str]]:
    """The text with every relative import under its full path, and those paths."""
    return _IMPORT.sub(lambda m: f'{m[1]}"{_resolved(path, m[2])}"', text), imports(path, text)


def _resolved(path: str, relative: str) -> str:
    parts: list[str] = []
    for part in (PurePosixPath(path).parent / relative).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def _address(text: str) -> str:
    return "data:text/javascript;base64," + base64.b64encode(text.encode()).decode()
