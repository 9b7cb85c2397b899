"""Finds words that the page would show without going through the texts, by reading its source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from pathlib import Path

UI = Path(__file__).resolve().parents[2] / "ui"
SCRIPTS = sorted(UI.rglob("*.js"))
PYTHON = sorted(UI.rglob("*.py"))
TEMPLATES = sorted(UI.rglob("*.jinja"))
_TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`"""
    r"""|/(?![/*])(?:\\.|\[(?:\\.|[^\]])*\]|[^/\\\n\[])+/[gimsuy]*(?=[).,;\s])""",
    re.DOTALL,
)
_WORDS = re.compile(
    r"[A-Za-z]{2,},? +[A-Za-z]{2,}|^[A-Z][a-z]{2,}"
)  # two words, or one that begins a sentence
_FILLED = re.compile(r"\$\{(?:[^{}]|\{[^}]*\})*\}")
# Names, keys of the keyboard, headers; words that Plotly or a programmer's console gets.
_NO_WORDS = {"TeaCache", "English", "Deutsch", "Escape", "Enter", "Tab", "Content-Type"}
_NOT_SHOWN = re.compile(r"(?:console\.\w+|new Error)\($")
_SELECTOR_OR_MARKUP = ("#", ".", "<", "tc-")
_SHOWN_BY_GRADIO = {"label", "placeholder", "info", "title", "description"}
_HIDDEN = "endpoints.py"  # the endpoints' parameters: names of a program's, no visitor sees them


def read(paths: Iterable[Path]) -> str:
    """The text of some files, one after the other."""
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def of_scripts() -> list[str]:
    """Literals of the page's scripts that look like words for people."""
    return [f"{path.name}: {word}" for path in SCRIPTS for word in words(path.read_text(encoding="utf-8"))]


def words(source: str) -> list[str]:
    """Those of one script."""
    found = []
    for token in _TOKEN.finditer(source):
        kind, text = token.group()[0], _FILLED.sub(" ", token.group()[1:-1])
        before = source[max(0, token.start() - 40) : token.start()]
        after = source[token.end() : token.end() + 2]
        if kind not in "\"'`" or text in _NO_WORDS or text.startswith(_SELECTOR_OR_MARKUP):
            continue
        if _WORDS.search(text) and not _NOT_SHOWN.search(before) and not after.startswith(":"):
            found.append(text)
    return found


def of_components() -> list[str]:
    """Labels of Gradio's components that are written out instead of looked up."""
    found = []
    for path in PYTHON:
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and path.name != _HIDDEN and _is_component(call):
                shown = [word.value for word in call.keywords if word.arg in _SHOWN_BY_GRADIO] + call.args[:1]
                found += [f"{path.name}: {word.value}" for word in shown if _is_text(word)]
    return found


def _is_component(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "gr"


def _is_text(word: ast.expr) -> bool:
    return (
        isinstance(word, ast.Constant) and isinstance(word.value, str) and any(map(str.isalpha, word.value))
    )
