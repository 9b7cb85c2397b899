"""The blocks of code that the project prints: in the README, in the model card, in the texts of `--help`.

Knows text; runs nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from teacache import cli

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ("README.md", "assets/shapes/README.md", "assets/scenes/README.md")
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_EXAMPLE = re.compile(r"^ +(python -m teacache .+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One block as it is printed."""

    where: str  # the document, or the command whose help it is
    language: str
    text: str


def fenced(document: str) -> list[Block]:
    """The fenced blocks of a document, in order."""
    text = (ROOT / document).read_text(encoding="utf-8")
    assert text.count("```") == 2 * len(_FENCE.findall(text)), "a fence that is not read"
    return [Block(document, language, body) for language, body in _FENCE.findall(text)]


def examples() -> list[Block]:
    """The commands in the help of every command."""
    choices = cli.parser()._subparsers._group_actions[0].choices
    return [
        Block(f"{name} --help", "sh", line + "\n")
        for name, parser in choices.items()
        for line in _EXAMPLE.findall(parser.format_help().partition("example")[2])
    ]


def everything() -> list[Block]:
    """All blocks."""
    return [*(block for document in DOCUMENTS for block in fenced(document)), *examples()]
