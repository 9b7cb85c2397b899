"""TeaCache on unmodified diffusers pipelines, with a record of every decision.

Names are imported on first use, so that reading a trace needs neither torch nor diffusers.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "TeaCache": "teacache.method.cache",
    "Architecture": "teacache.method.architecture",
    "Settings": "teacache.method.settings",
    "NAIVE": "teacache.method.settings",
    "Trace": "teacache.method.trace",
    "StepRecord": "teacache.method.trace",
    "TeaCacheError": "teacache.errors",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'teacache' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
