"""What a program asks at an endpoint, as a form: 0 and -1 stand for what is a model's own."""

from __future__ import annotations

from dataclasses import replace
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
    rivals: Any = False,
) -> Form:
    """The form of a run, without image and length. Raises TeaCacheError, one sentence."""
    ruled = for_a_replay(
        card,
        threshold=threshold,
        naive=naive,
        first_steps=first_steps,
        last_steps=last_steps,
        max_reuses=max_reuses,
        mode=modes.named(card, payload.text(mode, "mode")),
        schedule=schedule,
    )
    return replace(
        ruled,
        model=card.name,
        prompt=payload.text(prompt, "prompt"),
        seed=seed,
        steps=steps or None,
        guidance=guidance_scale or None,
        rivals=payload.flag(rivals, "rivals"),
    )


def for_a_replay(
    card: Card,
    *,
    threshold: Any,
    naive: Any,
    first_steps: Any,
    last_steps: Any,
    max_reuses: Any,
    mode: str | None,
    schedule: Any = "",
) -> Form:
    """The rules alone. Raises TeaCacheError, one sentence."""
    own = card.settings(naive=naive, mode=mode)
    return Form(
        threshold=threshold,
        estimator=PLANNED if schedule else NAIVE if payload.flag(naive, "naive") else CALIBRATED,
        planned=payload.text(schedule, "schedule"),
        first=first_steps or own.first_steps,
        last=own.last_steps if last_steps == OWN_LAST_STEPS else last_steps,
        most=max_reuses,
        mode=mode or "",
    )
