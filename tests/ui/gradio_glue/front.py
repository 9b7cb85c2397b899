"""Gradio's front end, as the installed version brings it: what the guards of its marks look through."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import gradio

ASSETS = Path(gradio.__file__).parent / "templates" / "frontend" / "assets"


@cache
def assets(pattern: str) -> dict[str, str]:
    """Name -> text of the files of Gradio's front end."""
    return {path.name: path.read_text(encoding="utf-8") for path in ASSETS.glob(pattern)}


def component_with(*marks: str) -> str:
    """The script of the one component of Gradio's that draws all of these."""
    drawn = [text for text in assets("Index-*.js").values() if all(mark in text for mark in marks)]
    assert len(drawn) == 1, f"{len(drawn)} components of this Gradio draw {marks}"
    return drawn[0]
