"""The left column: what to run and how; and the request that its values make."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from teacache.models.catalog import Card
from teacache.models.shapes.data import caption, example_prompts, sample_scene
from teacache.runs.request import Request
from teacache.runs.store import StoredRun
from ui import given, modelcard, planned, rules, same_cost
from ui.i18n import i18n
from ui.models import Models
from ui.parts import part
from ui.rules import Rules

FINE = 1e-6  # the slider's grid: finer than any two thresholds that differ in their schedule
EXAMPLES = 2  # prompts to click; more would need a second row


@dataclass
class Controls:
    """The components of the left column, in the order in which `request` takes their values."""

    threshold: gr.Slider
    rules: Rules
    model: gr.Dropdown
    about: Any  # what is said of the model
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

    @property
    def inputs(self) -> list[Any]:
        """Everything that a run depends on."""
        estimator, *others = self.rules.of_a_run
        asked = [self.model, self.prompt, self.seed, self.steps, self.guidance]
        more = [self.image, self.seconds, self.demo, self.public, self.rivals, self.methods]
        return [self.threshold, estimator, *asked, *others, *more]

    @property
    def restored(self) -> dict[str, Any]:
        """What takes the values of a run that is opened; keys as in `start_values`."""
        names = ("threshold", "model", "image", "prompt", "seed", "steps", "guidance", "seconds")
        ruled = [*vars(self.rules)]
        return {name: getattr(self, name) for name in names} | {n: getattr(self.rules, n) for n in ruled}


def build(
    models: Models,
    start: StoredRun | None,
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
    # The run on screen may be of another model than the one that Run starts.
    shown = start if start and start.request.model == card.name else None
    values = start_values(card, shown)
    if shown is None:
        values["steps"] = modelcard.steps(models, card.name, modelcard.demo(models, card.name)["value"])
    made = _decision(values, slider_end)
    below_run()
    ruled = rules.build_estimate(card, values)
    with gr.Accordion(i18n("more"), open=False, elem_id="tc-more"):
        ruled |= rules.build_more(card, values)
        made |= _rivals()
        made["public"] = gr.Checkbox(False, label=i18n("public"), visible=gallery, elem_id="tc-public")
    return Controls(rules=Rules(**ruled), **made, **_request(models, values))


def _rivals() -> dict[str, Any]:
    """Whether other methods run afterwards, and which."""
    offered = [(title, name) for name, title in same_cost.TITLES.items()]
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


def _decision(values: dict[str, Any], slider_end: float) -> dict[str, Any]:
    """Threshold, what it does, a target instead of it, Run and Stop."""
    threshold = gr.Slider(
        0,
        slider_end,
        values["threshold"],
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


def _request(models: Models, values: dict[str, Any]) -> dict[str, Any]:
    """What to make: prompt or picture, seed, steps, guidance, model."""
    made: dict[str, Any] = {"image": modelcard.picture(models)}
    made["prompt"] = gr.Textbox(
        values["prompt"], label=i18n("prompt"), lines=2, max_lines=3, elem_id="tc-prompt"
    )
    with gr.Row(elem_id="tc-chips"):
        made["examples"] = [
            gr.Button(short(text), size="sm", min_width=60) for text in example_prompts()[:EXAMPLES]
        ]
        made["random"] = gr.Button(i18n("random_prompt"), size="sm", min_width=60)
    with gr.Row(elem_id="tc-numbers"):
        for name, step in (("seed", 1), ("steps", 1), ("guidance", 0.5)):  # Gradio's precision would round
            made[name] = gr.Number(
                values[name],
                label=i18n(name),
                step=step,
                min_width=60,
                elem_id=f"tc-{name}",
            )
    made["seconds"] = modelcard.length(models, values["seconds"])
    return made | modelcard.build(models)


def start_values(card: Card | None, run: StoredRun | None) -> dict[str, Any]:
    """The values of the controls for a run, or the model's defaults where there is none."""
    if run is None:
        settings, prompt, seed = card.settings(), example_prompts()[0], 0
        steps, guidance, seconds = card.steps, card.guidance_scale, card.seconds
    else:
        settings, prompt, seed = run.cached.settings, run.request.prompt, run.request.seed
        steps, guidance, seconds = run.cached.steps, run.request.guidance_scale, run.request.seconds
    return {
        "threshold": settings.threshold,
        "model": run.request.model if run else card.name,
        "prompt": prompt,
        "seed": seed,
        "steps": steps,
        "guidance": guidance,
        "seconds": seconds,
        # A run without an image leaves the visitor's own where it is.
        "image": str(run.image) if run and getattr(run, "image", None) else gr.skip(),
        **rules.values_of(card, settings),
        "indicator": "indicator",
    }


def request(
    models: Models,
    threshold: float,
    estimator: str,
    model: str,
    prompt: str,
    seed: Any,
    steps: Any,
    guidance: Any,
    first: Any,
    last: Any,
    most: Any,
    coefficients: str = "",
    negative: str = "keep",
    mode: str | None = None,
    schedule: str | None = None,
    image: Any = None,
    seconds: Any = None,
    demo: Any = False,
) -> Request:
    """The request that the controls describe; empty number boxes mean the model's defaults.

    `demo`: at the model's demo size, where it has one. Raises SettingsError or RequestError, one sentence,
    for rules out of range.
    """
    card = models.card(model)
    ruled = (first, last, most, coefficients, negative, mode, schedule)
    settings = rules.settings(card, estimator, threshold, *ruled)
    planned.refuse_other_steps(settings, steps)
    asked = Request(
        model=model,
        prompt=given.text(prompt, "prompt"),
        seed=seed if seed is not None else 0,
        steps=steps,
        guidance_scale=guidance,
        image=given.picture(image) if card.kind == "image_to_video" else None,
        seconds=None if card.seconds is None else seconds,
        settings=settings,
    )
    return asked.sized(card, given.flag(demo, "demo"))


def random_prompt() -> str:
    """Another caption that the embedded model understands."""
    return caption(sample_scene(random.Random(), split="all"))


def short(prompt: str) -> str:
    """What a caption shows, without its colors, for a small button: "ball bouncing"."""
    return " ".join(prompt.partition(" on ")[0].split()[2:]) or prompt
