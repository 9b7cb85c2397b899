"""What the page says of a model: whether this machine can run it and why not, and where reuse begins.

The list, the card under it, the picture that some models start from, the length of a sound. Loads nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gradio as gr

from teacache.models.card_json import explanation
from teacache.models.catalog import Card
from teacache.models.estimate import first_reuse_threshold
from teacache.runs.request import Request
from ui.base.html_part import part
from ui.base.numbering import next_number
from ui.controls import suggested
from ui.controls.form import Form
from ui.gradio_glue.labels import i18n
from ui.models.models import Models
from ui.words.phrases import in_every_language

NOT_HERE = "\u00a0✕"  # behind the title of a model that cannot run on this machine
_SAID = (
    *("name", "title", "kind", "gated", "license_url"),
    *("steps", "frames", "height", "width", "fps", "seconds"),
    *("memory_gb", "latent_free", "runs_here"),
)
_SENTENCES = ("license", "note", "explanation", "obstacle")


def choices(models: Models) -> list[tuple[str, str]]:
    """(title, name) of every model, those that run here first."""
    here = {name: not models.obstacle(name) for name in models.cards}
    titled = [(models.cards[name].title + ("" if runs else NOT_HERE), name) for name, runs in here.items()]
    return sorted(titled, key=lambda choice: not here[choice[1]])


def described(models: Models, name: str, mode: str | None = None) -> dict[str, Any]:
    """What the page says of a model, with where reuse begins by its polynomial.

    That of `mode`; of the usual one where the model has no such mode, as when another model was just chosen.
    """
    facts = next(one for one in models.listing() if one["name"] == name)
    card = models.card(name)
    mode = mode if mode in card.polynomials else next(iter(card.polynomials), None)
    polynomial = None if mode is None else card.polynomials[mode]
    published = card.mode(mode if mode in card.modes else None) if card.modes else None
    first = None
    if polynomial is not None:
        within = {"within": polynomial.input_range} if polynomial.input_range else {}
        first = first_reuse_threshold(polynomial.coefficients, **within)
    points = [vars(point) for point in published.points] if published else []
    facts |= {"explanation": explanation(card, mode)}
    sentences = {field: in_every_language(facts[field]) for field in _SENTENCES}
    return (
        {field: facts[field] for field in _SAID}
        | sentences
        | {
            "n": next_number(),
            "words": list(card.vocabulary.words) if card.vocabulary else None,  # None: any
            "prompts": suggested.examples(card),  # whole, of which the buttons show the first words
            "first": first,
            "points": points,
            "hardware": published.hardware if published else None,
        }
    )


def build(models: Models, form: Form) -> dict[str, Any]:
    """The list, what is said of the chosen model, and the picture that some of them start from."""
    card = models.cards[models.default]
    model = gr.Dropdown(choices(models), value=card.name, label=i18n("model"), elem_id="tc-model")
    small = gr.Checkbox(form.demo, label=i18n("demo"), visible=has_demo(card), elem_id="tc-demo")
    about = part("model", described(models, card.name), elem_id="tc-about")
    return {"model": model, "demo": small, "about": about}


def has_demo(card: Card) -> bool:
    """Whether a model has a demo size smaller than its own."""
    own = (card.steps, card.frames, card.height, card.width)
    return card.demo is not None and own != tuple(vars(card.demo).values())


def is_demo(card: Card, request: Request) -> bool:
    """Whether a request is of the model's demo size."""
    small = card.demo
    return has_demo(card) and small is not None and request.size == (small.frames, small.height, small.width)


def begun(models: Models, card: Card, form: Form) -> Form:
    """A model's defaults, at its demo size where a run has to fit a borrowed GPU's slot."""
    small = has_demo(card) and models.hardware.kind == "zero"
    return replace(form, demo=small, steps=steps(models, card.name, small))


def steps(models: Models, name: str, small: bool) -> int:
    """How many steps a model makes if nobody says."""
    card = models.card(name)
    return card.demo.steps if small and card.demo else card.steps


def length(models: Models, seconds: float | None) -> gr.Number:
    """How long a sound shall be; other models do not ask."""
    makes_sound = models.cards[models.default].seconds is not None
    return gr.Number(
        seconds, label=i18n("seconds"), step=0.5, min_width=60, visible=makes_sound, elem_id="tc-seconds"
    )


def picture(models: Models) -> gr.Image:
    """Where an image-to-video model gets its first frame."""
    takes_picture = models.cards[models.default].kind == "image_to_video"
    # Its value reaches no function decoded: a picture's size must be known before: `ui.base.payload.picture`.
    return gr.Image(
        type="filepath",
        sources=["upload", "clipboard"],
        show_label=False,  # its label cannot be translated; the line under the model says what it is for
        height=150,
        visible=takes_picture,
        elem_id="tc-image",
        buttons=[],
    )
