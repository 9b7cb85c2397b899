"""Learning from runs: replays, calibration, schedules, rivals and sweeps.

Names that need torch are imported on first use; `replay` at once, since its module has the same name and
only so the function keeps it.
"""

from importlib import import_module
from typing import Any

from teacache.study.replay import Breakpoint, breakpoints, exactness, replay, threshold_for_speedup

_HOMES = {
    "Fit": "teacache.study.calibrate",
    "fit": "teacache.study.calibrate",
    "uniform": "teacache.study.schedules",
    "equal_cost": "teacache.study.rivals",
    "compare_signals": "teacache.study.ablation",
    "plan": "teacache.study.planning",
    "figure": "teacache.study.figures.run",
}
__all__ = ["Breakpoint", "breakpoints", "exactness", "replay", "threshold_for_speedup", *_HOMES]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'teacache.study' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
