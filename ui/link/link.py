"""A link opened: its words become values of the controls, and the run that it names is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import gradio as gr

from teacache.errors import StoreError
from ui.controls import controls, rules
from ui.controls.form import RULES, Form, from_link
from ui.models.models import Models
from ui.run import events
from ui.run.engine import Engine, Screen
from ui.screen.shown import ShownRun
from ui.takeaway.panel import screen as shown


def read(words: Mapping[str, Any], models: Models) -> dict[str, Any]:
    """The words of a link as fields of the form; the run is not among them.

    Raises TeaCacheError, one sentence, for a word that no field can have.
    """
    fields = from_link({name: word for name, word in words.items() if name != "run"})
    if "model" in fields:
        models.card(fields["model"])
    return fields


def opened(
    engine: Engine, words: Mapping[str, Any], others: list[ShownRun], start: str
) -> tuple[Screen, Form, bool]:
    """The page as a link describes it: the screen, the form, and whether its run is gone.

    Without a run, or where it is gone, the run that the page opens with. Raises TeaCacheError for bad words.
    """
    fields = read(words, engine.models)
    problem = None
    try:
        run = engine.library.load(str(words.get("run") or start))
    except StoreError:
        run = engine.library.load(start)
        problem = StoreError(
            "The run that this link names is no longer here; a recorded one is shown instead."
        )
    card, screen = engine.card_of(run), shown(engine, run, others)
    form = replace(controls.start_form(card, run), **fields)
    form = replace(form, mode=rules.offered_mode(engine.models.card(form.model), form.mode))
    if "indicator" in fields and "estimator" not in fields:
        form = replace(form, estimator=rules.estimator_for(form.indicator, card, run.cached.settings))
    if any(name in fields for name in RULES):
        table = engine.table(
            run, events.settings_for(engine, run, form), signal=form.indicator, others=others
        )
        screen = replace(screen, table=table)
    return replace(screen, problem=problem), form, problem is not None


def slider(engine: Engine, run: ShownRun, threshold: float | None) -> dict[str, Any]:
    """The threshold slider, as far as this threshold, or the run's own, and the run's reach."""
    value = run.cached.settings.threshold if threshold is None else threshold
    return gr.update(value=value, maximum=max(engine.reach(run), value))
