"""The method that follows a schedule which ships with the model (models/schedules.py)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from teacache.errors import Phrase
from teacache.method.planned import Planned
from teacache.method.trace import Trace
from teacache.models.schedules import shipped
from teacache.runs.request import Request
from teacache.study.methods.method import Knob, Method, Values, Way


def _of(pipe: Any) -> tuple[Planned, ...]:
    card = getattr(pipe, "teacache_card", None)
    return () if card is None else shipped(card.name)


def _way(pipe: Any, request: Request, values: Values) -> Way:
    planned = nearest(_of(pipe), request.steps, values["computed"])
    planned.refuse_other_steps(request.steps)
    return Way(request=request, settings=planned.settings)


def nearest(planned: Sequence[Planned], steps: int, share: float) -> Planned:
    """Of those for so many steps the one that computes about this share; where there are none, any."""
    fitting = [one for one in planned if len(one.schedule) == steps] or planned
    return min(fitting, key=lambda one: abs(one.computed / len(one.schedule) - share))


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
