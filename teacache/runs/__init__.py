"""Doing one comparison: a request, two runs from the same noise, fidelity, timing, and a folder to keep them.

Names are imported on first use, so that a stored run can be listed and shown without torch.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

_HOMES = {
    "compare": "teacache.runs.compare",
    "Baselines": "teacache.runs.compare",
    "Request": "teacache.runs.request",
    "Comparison": "teacache.runs.comparison",
    "Progress": "teacache.runs.comparison",
    "Store": "teacache.runs.store",
    "StoredRun": "teacache.runs.stored",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'teacache.runs' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


class _Package(ModuleType):
    """The import system binds a submodule to its name in the package; here `compare` stays the function."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "compare" and isinstance(value, ModuleType):
            value = value.compare
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
