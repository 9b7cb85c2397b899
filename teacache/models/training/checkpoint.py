"""Training state on disk: written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch


def save_state(file: Path, state: dict[str, Any]) -> None:
    """Write a training state; a reader sees the old file or the new one, never half of one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(".partial")
    torch.save(state, partial)
    os.replace(partial, file)


def load_state(file: Path) -> dict[str, Any] | None:
    """The state in a file, on the CPU, or None where there is no file."""
    if not file.exists():
        return None
    return torch.load(file, map_location="cpu", weights_only=True)
