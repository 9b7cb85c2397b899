"""Planned schedules as an estimate to choose: which there are of a model, and the settings that follow one.

Such settings ask no signal and no threshold, except that threshold 0 stays off. Knows cards and the files
that ship (teacache/models/schedules.py); no components.
"""

from __future__ import annotations

from teacache.errors import RequestError
from teacache.method.gate import Settings
from teacache.models.catalog import Card
from teacache.models.schedules import named, shipped


def choices(card: Card) -> list[tuple[str, str]]:
    """Labels and names, the most careful first; none where none was planned for this model."""
    return [(f"{each.computed} / {len(each.schedule)}", each.name) for each in shipped(card.name)]


def settings(card: Card, threshold: float | None, name: str) -> Settings:
    """Settings that follow the schedule of this name. Raises RequestError that lists the known ones."""
    plan = named(card.name, name).settings
    own = {field: getattr(plan, field) for field in ("schedule", "reuse", "order", "reach")}
    return card.settings(threshold).replaced(**own)


def name_of(card: Card | None, settings: Settings) -> str | None:
    """The planned schedule of the card's model that these settings follow, if it is one."""
    plans = shipped(card.name) if card is not None and settings.schedule is not None else ()
    followed = (settings.schedule, settings.reuse, settings.order, settings.reach)
    fitting = (each.name for each in plans if (each.schedule, each.reuse, each.order, each.reach) == followed)
    return next(fitting, None)


def refuse_other_steps(settings: Settings, steps: int | None) -> None:
    """Raises RequestError where settings follow a schedule of another number of steps than are asked for."""
    schedule = settings.schedule
    if schedule is not None and steps is not None and steps != len(schedule):
        raise RequestError(
            "The schedule was planned for {planned} steps, but the run has {steps}: plan another.",
            planned=len(schedule),
            steps=steps,
        )
