"""Choosing another model: what is said of it, and its own defaults in the controls. Loads nothing."""

from __future__ import annotations

import gradio as gr

from teacache.models.catalog import Card
from ui import rules
from ui.controls import Controls, start_values
from ui.live import Engine
from ui.modelcard import described
from ui.models import Models
from ui.outputs import PRIVATE


def wire_choice(engine: Engine, left: Controls) -> None:
    """Another model: what is said of it; and, when a visitor chose it, its own defaults in the controls."""
    models = engine.models
    left.model.change(
        lambda name: (described(models, name), gr.update(visible=models.card(name).kind == "image_to_video")),
        left.model,
        [left.about, left.image],
        show_progress="hidden",
        queue=False,
        **PRIVATE,
    )
    filled = {
        name: part for name, part in left.restored.items() if name not in ("model", "image", "prompt", "seed")
    }

    def defaults(name: str) -> tuple:
        card = models.card(name)
        values = start_values(card, None)
        values["threshold"] = gr.update(value=card.threshold, maximum=_end(engine, card))
        values["estimator"] = gr.update(choices=rules.estimates(card), value=values["estimator"])
        values["mode"] = gr.update(
            choices=list(card.modes), value=values["mode"], visible=len(card.modes) > 1
        )
        return tuple(values[key] for key in filled)

    left.model.input(
        defaults, left.model, list(filled.values()), show_progress="hidden", queue=False, **PRIVATE
    )
    ruled = [part for name, part in filled.items() if name in ("threshold", "first", "last")]
    left.rules.mode.input(
        lambda name, mode: _of_mode(models, name, mode), [left.model, left.rules.mode], ruled, **PRIVATE
    )


def _of_mode(models: Models, name: str, mode: str) -> tuple:
    """Threshold and forced steps that the authors use in this mode."""
    settings = models.card(name).settings(mode=mode)
    return settings.threshold, settings.first_steps, settings.last_steps


def _end(engine: Engine, card: Card) -> float:
    """The slider reaches what this model needs, and what the run on screen was decided by."""
    return max(
        card.threshold_max, engine.slider_end if card.name == engine.models.default else card.threshold
    )
