"""What TeaCache runs on: the catalog of model cards, loading, and the models that diffusers lacks.

Names are imported on first use; reading the catalog needs no torch.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "CARDS": "teacache.models.catalog",
    "Calibration": "teacache.models.catalog",
    "Card": "teacache.models.catalog",
    "card": "teacache.models.catalog",
    "load": "teacache.models.loading",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'teacache.models' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
