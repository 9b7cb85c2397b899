"""Reads the source for the sentences that may reach a visitor, without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from teacache import errors

ROOT = Path(__file__).resolve().parents[2]
FAMILY = {
    name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)
}
# What these raise reaches programmers and readers of a terminal alone: no page calls it, or calls it so.
ELSEWHERE = {
    "teacache/cli.py": "the command line",
    "teacache/commands.py": "the command line",
    "teacache/space.py": "the command line",
    "teacache/study/budget.py": "recordings for the catalog",
    "teacache/study/collect.py": "recordings for a calibration",
    "teacache/study/prompts.py": "recordings for a calibration",
    "teacache/plotting.py": "the command line",
    "teacache/study/sizes.py": "the command line",
    "teacache/sweeping.py": "the command line",
    **{
        f"teacache/study/sweep/{name}.py": "the command line"
        for name in ("cluster", "forecast", "plan", "run", "store", "summary", "vbench")
    },
    "teacache/models/arguments.py": "arguments of pipelines that the page does not set",
    "teacache/models/opensora/checks.py": "arguments of a pipeline that the page does not set",
    "teacache/models/opensora/scheduler.py": "arguments of a pipeline that the page does not set",
    "teacache/models/opensora/sizes.py": "arguments of a pipeline that the page does not set",
    "teacache/models/opensora/stdit3.py": "arguments of a class that the page does not set",
    "teacache/models/opensora/vae.py": "arguments of a pipeline that the page does not set",
    "teacache/models/opensora_plan/checks.py": "arguments of a pipeline that the page does not set",
    "teacache/models/tangoflux/checks.py": "arguments of a pipeline that the page does not set",
}


def said_in_source() -> Iterator[tuple[str, ast.expr]]:
    """(place, expression) of every sentence or part of one that is made for a visitor."""
    for path in sorted([*(ROOT / "teacache").rglob("*.py"), *(ROOT / "ui").rglob("*.py")]):
        name = path.relative_to(ROOT).as_posix()
        if name not in ELSEWHERE and name != "teacache/errors.py":
            for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(call, ast.Call):
                    yield from ((f"{name}:{call.lineno}", words) for words in _words(call))


def patterns() -> Iterator[tuple[str, str]]:
    """(place, pattern) of those that are written out where they are made."""
    for place, words in said_in_source():
        for part in (words.body, words.orelse) if isinstance(words, ast.IfExp) else (words,):
            if isinstance(part, ast.Constant) and part.value:
                yield place, part.value


def _words(call: ast.Call) -> list[ast.expr]:
    """The arguments that are words for people: field, range and fix of a setting, else the first."""
    kind = call.func.id if isinstance(call.func, ast.Name) else ""
    if kind == "SettingsError":
        return [call.args[0], *call.args[2:]]
    return call.args[:1] if kind in FAMILY or kind == "Phrase" else []
