"""Choosing another model or mode: what is said of it, its own defaults in the controls. Loads nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from teacache.models.catalog import Card
from ui.base.edge import telling
from ui.base.html_part import unchanged
from ui.controls import modelcard, rules, suggested
from ui.controls.controls import Controls, filled, start_form
from ui.controls.form import RESTORED, Form, named
from ui.models.models import Models
from ui.run.engine import Engine
from ui.run.outputs import AT_ONCE


def wire_choice(engine: Engine, left: Controls) -> None:
    """Another model or mode: what is said of it; when a visitor chose it, its defaults in the controls."""
    models = engine.models
    chosen, words = [left.model, left.rules.mode], ("model", "mode")
    outputs = [left.about, left.image, left.seconds, left.demo, *left.examples]
    offered = [left.rules.estimator, left.rules.planned, left.rules.mode]

    @telling
    def described(*values: Any) -> tuple[Any, ...]:
        return _said(models, Form.read(named(words, values)))

    @telling
    def in_mode(*values: Any) -> tuple[Any, ...]:
        return _of_mode(models, Form.read(named(words, values)))

    @telling
    def steps(*values: Any) -> int:
        form = Form.read(named(("model", "demo"), values))
        return modelcard.steps(models, form.model, form.demo)

    @telling
    def offers(name: str) -> tuple[Any, ...]:
        return tuple(rules.offers(models.card(name)).values())

    left.model.change(described, chosen, outputs, **AT_ONCE)
    left.model.change(offers, left.model, offered, **AT_ONCE)
    left.rules.mode.change(lambda *values: described(*values)[0], chosen, left.about, **AT_ONCE)
    names = tuple(name for name in RESTORED if name not in ("model", "image", "seed"))

    @telling
    def defaults(name: str, about: Any, prompt: Any) -> Any:
        # Gradio also tells of input when the box is only left, and then the card is that model's already.
        if isinstance(about, dict) and about.get("name") == name:
            return [unchanged() for _ in names]
        card = models.card(name)
        form = modelcard.begun(models, card, start_form(card, None))
        offered = rules.offers(card)
        return filled(
            form,
            names,
            prompt=suggested.fitting(card, Form.read({"prompt": prompt}).prompt),
            threshold=gr.update(value=card.threshold, maximum=_end(engine, card)),
            estimator=offered["estimator"] | {"value": form.estimator},
            planned=offered["planned"] | {"value": form.planned or None},
            mode=offered["mode"] | {"value": form.mode},
        )

    left.demo.input(steps, [left.model, left.demo], left.steps, **AT_ONCE)
    inputs = [left.model, left.about, left.prompt]
    left.model.input(defaults, inputs, list(left.fields(names).values()), **AT_ONCE)
    ruled = [left.threshold, left.rules.first, left.rules.last]
    left.rules.mode.input(in_mode, chosen, ruled, **AT_ONCE)
    _wire_prompts(models, left)


def _wire_prompts(models: Models, left: Controls) -> None:
    """Prompts to click, of the chosen model."""

    def example(place: int) -> Callable[[str], str]:
        def chosen(name: str) -> str:
            return suggested.examples(models.card(name))[place]

        return telling(chosen)

    @telling
    def any_prompt(name: str) -> str:
        return suggested.random_prompt(models.card(name))

    for place, button in enumerate(left.examples):
        button.click(example(place), left.model, left.prompt, **AT_ONCE)
    left.random.click(any_prompt, left.model, left.prompt, **AT_ONCE)


def _said(models: Models, form: Form) -> tuple[Any, ...]:
    """What is said of a model, and whether it asks for a picture, for a length, has a demo size."""
    card = models.card(form.model)
    return (
        modelcard.described(models, form.model, form.mode),
        gr.update(visible=card.kind == "image_to_video"),
        gr.update(visible=card.seconds is not None),
        gr.update(visible=modelcard.has_demo(card)),
        *(gr.update(value=suggested.short(card, text)) for text in suggested.examples(card)),
    )


def _of_mode(models: Models, form: Form) -> tuple[Any, ...]:
    """Threshold and forced steps that the authors use in this mode."""
    settings = models.card(form.model).settings(mode=form.mode or None)
    return settings.threshold, settings.first_steps, settings.last_steps


def _end(engine: Engine, card: Card) -> float:
    """The slider reaches what this model needs, and what the run on screen was decided by."""
    return max(
        card.threshold_max, engine.slider_end if card.name == engine.models.default else card.threshold
    )
