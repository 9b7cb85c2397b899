"""Colours of figures by role, in both themes: those of the page's style sheet. Knows names only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Palette:
    """Colours by role, each as CSS writes it."""

    ink: str
    ink_soft: str
    line: str
    card: str
    grid: str
    computed: str
    computed_deep: str
    reused: str
    reused_soft: str
    estimate: str
    actual: str
    threshold: str


LIGHT = Palette(
    ink="#16202e", ink_soft="#566174", line="#dfe4ec", card="#ffffff", grid="#e9edf3", computed="#2563eb",
    computed_deep="#1e3a8a", reused="#c26a05", reused_soft="#fbd9a0", estimate="#7c3aed", actual="#0f766e",
    threshold="#d61f3a",
)  # fmt: skip
DARK = Palette(
    ink="#e8edf5", ink_soft="#a9b4c5", line="#2c3544", card="#161c27", grid="#26303f", computed="#6ea3ff",
    computed_deep="#c7dcff", reused="#f5b440", reused_soft="#4d3a14", estimate="#c0a3ff", actual="#34d3bd",
    threshold="#ff7a8c",
)  # fmt: skip
