"""Modules that bring torch, imported by one thread, whoever asks first; the page itself is up without them.

Two threads that import diffusers' lazy parts at once break each other: while one half-knows a module, the
other is told that a name is missing in it. Knows names of modules only.
"""

from __future__ import annotations

import sys
import threading
from importlib import import_module
from typing import Any

BRING_TORCH = (
    "teacache.method.architectures",
    "teacache.models.loading",
    "teacache.runs.adapters",
    "teacache.runs.compare",
    "teacache.study.ablation",
    "teacache.study.damage",
    "teacache.study.methods",
    "teacache.study.plain",
    "teacache.study.race",
    "teacache.study.ranking",
    "teacache.study.rivals",
    "teacache.study.sweep.curves",
)
_one, _all = threading.Lock(), threading.Event()


def imported(name: str) -> Any:
    """A module of BRING_TORCH, after all of them were imported: whoever has one imports nothing more.

    Once they are there no lock is taken: a process forked while another thread held it would wait for ever.
    """
    if not _all.is_set():
        with _one:
            for each in BRING_TORCH:
                import_module(each)
        _all.set()
    return sys.modules[name]
