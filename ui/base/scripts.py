"""The page's scripts as native modules: one tree under one address that names its content.

Each lies in the room of its part, beside its Python half. Relative imports hold as they are written, nothing
is built or bundled (comments stay here), and the browser keeps every file for good. What both sides must know
comes with the tree as `shared.js`. Knows no component.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import posixpath
import re
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from teacache.study.html import filled
from ui.base import constants, figures
from ui.words.texts import LANGUAGES, texts

UI = Path(__file__).parents[1]
ENTRY = "page.js"
SHARED = "shared.js"
TEXTS = "texts"  # a module for each language, of which a page fetches one
IMPORT = re.compile(r'^(import\s+(?:[^;"]*?\sfrom\s+)?)"(\.[^"]+)"', re.MULTILINE)
COMMENT = re.compile(r"^[ \t]*(?://.*|/\*(?:[^*]|\*(?!/))*\*/[ \t]*)$", re.MULTILINE)


@cache
def tree() -> dict[str, str]:
    """path -> text of the page's first module and of all that it imports, and of the texts."""
    words = {f"{TEXTS}/{language}.js": module_of(texts(language)) for language in LANGUAGES}
    modules, waiting = words | {SHARED: module_of(shared())}, [ENTRY]
    while waiting:
        path = waiting.pop()
        if path not in modules:
            modules[path] = (UI / path).read_text(encoding="utf-8")
            waiting += imports(path, modules[path])
    return dict(sorted(modules.items()))


def imports(path: str, text: str) -> list[str]:
    """The modules that one imports, as paths within ui."""
    return [resolved(path, relative) for _, relative in IMPORT.findall(text)]


def resolved(path: str, relative: str) -> str:
    """What a module at `path` means by a relative import."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), relative))


def shared(words: dict[str, str] | None = None, language: str | None = None) -> dict[str, Any]:
    """What both sides know; see shared.d.ts. A report gets the `words` of its one `language`, too."""
    return {
        "texts": words,
        "language": language,
        "languages": LANGUAGES,
        "plotly": plotly_address(),
        "figures": figures.figures(),
        **constants.as_json(),
    }


def module_of(value: Any) -> str:
    """A value as the default of a module."""
    return f"export default {json.dumps(value, ensure_ascii=False)};\n"


@cache
def base() -> str:
    """Where the tree is served; relative, so that it also holds behind a proxy with a path."""
    digest = hashlib.sha256()
    for path, text in sorted(tree().items()):
        digest.update(f"{path}\0{text}\0".encode())
    return f"teacache/scripts/{digest.hexdigest()[:12]}"


@cache
def packed(path: str) -> bytes:
    """A module of the tree, gzipped."""
    return gzip.compress(bare(tree()[path]).encode(), mtime=0)


def bare(text: str) -> str:
    """A module without the lines that are comments; every other line keeps its number.

    They are a quarter of what a visitor would have to fetch.
    """
    return COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)


def preloads() -> str:
    """For the page's head: all modules are fetched at once, not import after import; parts start them.

    Which texts are wanted, head/language.js knows.
    """
    addresses = [f"{base()}/{path}" for path in tree() if not path.startswith(TEXTS)]
    return filled(UI / "base" / "preloads.html.jinja", addresses=addresses)


def mount(name: str, events: Sequence[str] = ()) -> str:
    """JavaScript that draws a part: a gr.HTML component's js_on_load, which may run before the modules.

    Gradio gives the component an event for each name that it finds in quotes.
    """
    address = json.dumps(f"{base()}/{ENTRY}")
    drawn = call("mount", json.dumps(name), "element", "props", "watch", "trigger", repr(list(events)))
    return f"import(new URL({address}, document.baseURI)).then(() => {drawn});"


def call(name: str, *values: str) -> str:
    """JavaScript, for Gradio to run, that calls one of the functions that page.js lists, with expressions."""
    detail = f"{{ name: {json.dumps(name)}, values: [{', '.join(values)}] }}"
    return f"document.dispatchEvent(new CustomEvent('teacache-call', {{ detail: {detail} }}))"


def plotly_address() -> str:
    """Plotly's script as the installed package brings it."""
    return f"teacache/plotly-{version('plotly')}.js"
