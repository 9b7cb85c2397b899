"""The left column: what to run and how; and the request that its values make."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from teacache.models.catalog import Card
from teacache.runs.request import Request
from ui.base.html_part import part, unchanged
from ui.controls import modelcard, planned, rules, suggested
from ui.controls.form import FIELDS, RESTORED, Form
from ui.controls.rules import Rules
from ui.gradio_glue.files import as_upload
from ui.gradio_glue.labels import i18n
from ui.models.models import Models
from ui.screen import same_cost
from ui.screen.shown import ShownRun
from ui.words.texts import all_texts

FINE = 1e-6  # the slider's grid: finer than any two thresholds that differ in their schedule


@dataclass
class Controls:
    """The components of the left column, those of the form named as its fields."""

    threshold: gr.Slider
    rules: Rules
    model: gr.Dropdown
    about: gr.HTML  # what is said of the model
    image: gr.Image
    seconds: gr.Number
    demo: gr.Checkbox
    prompt: gr.Textbox
    seed: gr.Number
    steps: gr.Number
    guidance: gr.Number
    rivals: gr.Checkbox
    methods: gr.Dropdown
    public: gr.Checkbox
    run: gr.Button
    stop: gr.Button
    random: gr.Button
    examples: list[gr.Button]

    def fields(self, names: Iterable[str] = tuple(FIELDS)) -> dict[str, Any]:
        """The components of these fields of the form, in this order."""
        components = vars(self) | vars(self.rules)
        return {name: components[name] for name in names}


def build(
    models: Models,
    start: ShownRun | None,
    slider_end: float,
    below_run: Callable[[], None],
    *,
    gallery: bool = False,
) -> Controls:
    """Lay out the left column, filled with the values of the run that is shown first.

    `below_run`: lays out what comes right below Run and Stop, whatever the rest of the column grows to.
    `gallery`: a run can be put on show.
    """
    card = models.cards[models.default]
    rules.label(models.cards.values())
    # The run on screen may be of another model than the one that Run starts.
    run = start if start and start.request.model == card.name else None
    form = start_form(card, run)
    if run is None:
        form = modelcard.begun(models, card, form)
    decision = _decision(form, slider_end)
    below_run()
    estimate = rules.build_estimate(card, form)
    with gr.Accordion(i18n("more"), open=False, elem_id="tc-more"):
        more = rules.build_more(card, form)
        rivals = _rivals()
        rivals["public"] = gr.Checkbox(False, label=i18n("public"), visible=gallery, elem_id="tc-public")
    return Controls(rules=Rules(**estimate, **more), **decision, **rivals, **_request(models, form))


def _rivals() -> dict[str, Any]:
    """Whether other methods run afterwards, and which."""
    words = all_texts()["en"]
    offered = [
        (i18n(f"rival_{name}") if f"rival_{name}" in words else title, name)
        for name, title in same_cost.TITLES.items()
    ]
    return {
        "rivals": gr.Checkbox(True, label=i18n("with_rivals")),
        "methods": gr.Dropdown(
            offered,
            value=list(same_cost.USUAL),
            multiselect=True,
            label=i18n("with_methods"),
            elem_id="tc-methods",
        ),
    }


def _decision(form: Form, slider_end: float) -> dict[str, Any]:
    """Threshold, what it does, a target instead of it, Run and Stop."""
    threshold = gr.Slider(
        0,
        slider_end,
        form.threshold,
        step=FINE,
        label=i18n("threshold"),
        elem_id="tc-threshold",
        buttons=[],
    )
    part("dial", elem_id="tc-dial")
    part("target", elem_id="tc-target")
    with gr.Row(elem_id="tc-buttons"):
        run = gr.Button(i18n("run"), variant="primary", elem_id="tc-run")
        stop = gr.Button(i18n("stop"), variant="secondary", elem_id="tc-stop")
    return {"threshold": threshold, "run": run, "stop": stop}


def _request(models: Models, form: Form) -> dict[str, Any]:
    """What to make: prompt or picture, seed, steps, guidance, model."""
    image = modelcard.picture(models)
    prompt = gr.Textbox(form.prompt, label=i18n("prompt"), lines=2, max_lines=3, elem_id="tc-prompt")
    with gr.Row(elem_id="tc-chips"):
        card = models.card(form.model)
        labels = [suggested.short(card, text) for text in suggested.examples(card)]
        examples = [gr.Button(label, size="sm", min_width=60) for label in labels]
        shuffle = gr.Button(i18n("random_prompt"), size="sm", min_width=60)
    with gr.Row(elem_id="tc-numbers"):
        seed = _number("seed", form.seed, step=1)
        steps = _number("steps", form.steps, step=1)
        guidance = _number("guidance", form.guidance, step=0.5)
    return {
        "image": image,
        "prompt": prompt,
        "examples": examples,
        "random": shuffle,
        "seed": seed,
        "steps": steps,
        "guidance": guidance,
        "seconds": modelcard.length(models, form.seconds),
        **modelcard.build(models, form),
    }


def _number(name: str, value: float | None, *, step: float) -> gr.Number:
    # Without Gradio's precision, which would round without a word.
    return gr.Number(value, label=i18n(name), step=step, min_width=60, elem_id=f"tc-{name}")


def start_form(card: Card | None, run: ShownRun | None) -> Form:
    """The form as a run would fill it, or the defaults of a model where there is no run."""
    if run is not None:
        settings, request = run.cached.settings, run.request
        return Form(
            threshold=settings.threshold,
            model=request.model,
            prompt=request.prompt,
            seed=request.seed,
            steps=run.cached.steps,
            guidance=request.guidance_scale,
            seconds=request.seconds,
            image=str(run.image) if run.image else None,
            demo=card is not None and modelcard.is_demo(card, request),
            **rules.values_of(card, settings),
        )
    if card is None:
        raise ValueError("a form begins with a model or with a run")
    settings = card.settings()
    return Form(
        threshold=settings.threshold,
        model=card.name,
        prompt=suggested.examples(card)[0],
        seed=0,
        steps=card.steps,
        guidance=card.guidance_scale,
        seconds=card.seconds,
        **rules.values_of(card, settings),
    )


def filled(form: Form, names: Iterable[str] = RESTORED, **instead: Any) -> tuple[Any, ...]:
    """Values for the components of these fields, in this order; `instead`: updates in place of values.

    Without an image the visitor's own stays where it is.
    """
    image = as_upload(form.image) if form.image else unchanged()
    values = vars(form) | {"image": image, "planned": form.planned or None} | instead
    return tuple(values[name] for name in names)


def request(models: Models, form: Form) -> Request:
    """The request that a form describes; empty number boxes mean the model's defaults.

    At the model's demo size, if the form asks for it and there is one. Raises SettingsError or RequestError,
    one sentence, for rules out of range.
    """
    card = models.card(form.model)
    settings = rules.settings(card, form)
    planned.refuse_other_steps(settings, form.steps)
    draft = Request(
        model=form.model,
        prompt=form.prompt,
        seed=form.seed if form.seed is not None else 0,
        steps=form.steps,
        guidance_scale=form.guidance,
        image=form.image if card.kind == "image_to_video" else None,
        seconds=None if card.seconds is None else form.seconds,
        settings=settings,
    )
    return draft.sized(card, form.demo)
