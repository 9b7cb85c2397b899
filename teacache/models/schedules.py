"""Schedules that ship with a model, planned from a few prompts by `python -m teacache plan`.

Knows the folder and the form of its files; nothing of pipelines.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from teacache.errors import RequestError
from teacache.method.planned import Planned
from teacache.models.catalog import ROOT

FOLDER = ROOT / "assets" / "schedules"


@cache
def shipped(model: str, folder: Path = FOLDER) -> tuple[Planned, ...]:
    """The planned schedules of a model, the longest runs first, of those the most careful first.

    None for a name that is no name of a folder: traces from strangers bring any.
    """
    if model in ("", "..") or Path(model).name != model:
        return ()
    plans = [Planned.load(path) for path in (folder / model).glob("*.json")]
    return tuple(sorted(plans, key=lambda one: (-len(one.schedule), -one.computed)))


def named(model: str, name: str, folder: Path = FOLDER) -> Planned:
    """One of them by its name. Raises RequestError that lists the known ones."""
    plans = {each.name: each for each in shipped(model, folder)}
    if name not in plans:
        raise RequestError(
            "There is no planned schedule {name!r} of {model}: choose from {known}.",
            name=name,
            model=model,
            known=", ".join(plans) or "none",
        )
    return plans[name]
