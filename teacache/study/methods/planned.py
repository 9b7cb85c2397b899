"""The method that follows a schedule which ships with the model (models/schedules.py)."""

from __future__ import annotations

from typing import Any

from teacache.errors import Phrase
from teacache.method.planned import Planned
from teacache.method.trace import Trace
from teacache.models.schedules import shipped
from teacache.runs.request import Checked
from teacache.study.methods.method import Knob, Method, Values, Way


def _of(pipe: Any) -> tuple[Planned, ...]:
    card = getattr(pipe, "teacache_card", None)
    return () if card is None else shipped(card.name)


def _way(pipe: Any, request: Checked, values: Values) -> Way:
    share = values["computed"]
    nearest = min(_for(pipe, request.steps), key=lambda one: abs(one.computed / request.steps - share))
    return Way(request=request, settings=nearest.settings)


def _for(pipe: Any, steps: int) -> list[Planned]:
    return [one for one in _of(pipe) if len(one.schedule) == steps]


def _refuses(pipe: Any) -> Phrase | None:
    if _of(pipe):
        return None
    return Phrase("no schedule was planned for this model: `python -m teacache plan` makes one.")


def _misfits(pipe: Any, steps: int) -> Phrase | None:
    if _for(pipe, steps):
        return None
    return Phrase(
        "no schedule was planned for {steps} steps: `python -m teacache plan --steps {steps}` makes one.",
        steps=steps,
    )


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
    misfits=_misfits,
    aim=_share,
)
