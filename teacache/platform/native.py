"""Functions of the C libraries that are loaded already. Knows names; nothing of what they do."""

from __future__ import annotations

import ctypes
from collections.abc import Callable


def native(function: str) -> Callable[..., int] | None:
    """The function of that name; None where no library has it, or the system's cannot be asked."""
    try:
        return getattr(ctypes.CDLL(None), function)
    except (AttributeError, OSError, TypeError):
        return None
