"""Functions that torch.compile leaves alone, with their types kept: torch's own decorator forgets them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import torch

Function = TypeVar("Function", bound=Callable[..., Any])


def eager(function: Function) -> Function:
    """It runs outside of compiled graphs, and so does what it calls."""
    return cast(Function, torch.compiler.disable(function))


def eager_frame(function: Function) -> Function:
    """It runs outside of compiled graphs; what it calls keeps its own."""
    return cast(Function, torch.compiler.disable(function, recursive=False))
