"""Schedules that ship with a model, planned from a few prompts by `python -m teacache plan`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from teacache.errors import Phrase
from teacache.method.planned import Planned
from teacache.method.trace import Trace
from teacache.models.catalog import ROOT
from teacache.runs.request import Request
from teacache.study.methods.method import Knob, Method, Values, Way

FOLDER = ROOT / "assets" / "schedules"


@cache
def shipped(model: str, folder: Path = FOLDER) -> tuple[Planned, ...]:
    """The planned schedules of a model, the most careful first."""
    found = [Planned.load(path) for path in (folder / model).glob("*.json")]
    return tuple(sorted(found, key=lambda one: -one.computed))


def _of(pipe: Any) -> tuple[Planned, ...]:
    card = getattr(pipe, "teacache_card", None)
    return () if card is None else shipped(card.name)


def _way(pipe: Any, request: Request, values: Values) -> Way:
    planned = _nearest(_of(pipe), values["computed"])
    planned.refuse_other_steps(request.steps)
    return Way(request=request, settings=planned.settings)


def _nearest(planned: tuple[Planned, ...], share: float) -> Planned:
    return min(planned, key=lambda one: abs(one.computed / len(one.schedule) - share))


def _refuses(pipe: Any) -> Phrase | None:
    if _of(pipe):
        return None
    return Phrase("no schedule was planned for this model: `python -m teacache plan` makes one.")


def _share(pipe: Any, uncached: Trace, share: float) -> Values:
    return {"computed": share}


PLANNED = Method(
    name="planned",
    title="Planned schedule",
    about=Phrase(
        "Which steps are computed was found before, on a few other prompts, by what their reuse does to the "
        "finished clip. In between, residuals go on along the line through the last two computed ones, and "
        "nothing is decided."
    ),
    paper="https://arxiv.org/abs/2511.00090",
    knobs=(Knob(name="computed", about=Phrase("Share of the steps that is computed."), slow=0.5, fast=0.2),),
    way=_way,
    refuses=_refuses,
    aim=_share,
)
