"""What a program asks at an endpoint, as a form: 0 and -1 stand for what is a model's own."""

from __future__ import annotations

from typing import Any

from teacache.models.catalog import Card
from ui.api import modes
from ui.base import payload
from ui.controls.form import CALIBRATED, NAIVE, PLANNED, Form

OWN_LAST_STEPS = -1  # 0 is a number of steps at the end, and none at the start


def for_a_run(
    card: Card,
    *,
    prompt: Any,
    threshold: Any,
    seed: Any,
    steps: Any,
    guidance_scale: Any,
    naive: Any,
    first_steps: Any,
    last_steps: Any,
    max_reuses: Any,
    mode: Any,
    schedule: Any = "",
    **others: Any,
) -> Form:
    """The form of a run; `others`: fields of the form by their names. Raises TeaCacheError, one sentence."""
    rules = _rules(
        card,
        threshold=threshold,
        naive=naive,
        first_steps=first_steps,
        last_steps=last_steps,
        max_reuses=max_reuses,
        mode=modes.named(card, payload.text(mode, "mode")),
        schedule=schedule,
    )
    task = {"model": card.name, "prompt": prompt, "seed": seed}
    numbers = {"steps": steps or None, "guidance": guidance_scale or None}
    return Form.read(rules | task | numbers | others)


def for_a_replay(card: Card, **rules: Any) -> Form:
    """The rules alone, named as at the endpoint. Raises TeaCacheError, one sentence."""
    return Form.read(_rules(card, **rules))


def _rules(
    card: Card,
    *,
    threshold: Any,
    naive: Any,
    first_steps: Any,
    last_steps: Any,
    max_reuses: Any,
    mode: str | None,
    schedule: Any = "",
) -> dict[str, Any]:
    """The rules as fields of the form."""
    schedule, naive = payload.text(schedule, "schedule"), payload.flag(naive, "naive")
    own = card.settings(naive=naive, mode=mode)
    return {
        "threshold": threshold,
        "estimator": PLANNED if schedule else NAIVE if naive else CALIBRATED,
        "planned": schedule,
        "first": first_steps or own.first_steps,
        "last": own.last_steps if last_steps == OWN_LAST_STEPS else last_steps,
        "most": max_reuses,
        "mode": mode,
    }
