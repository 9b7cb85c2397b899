"""The rules of the decision as a visitor sets them: estimate, indicator, forced steps, own coefficients.

The components, and the settings that their values make. Knows nothing of prompts and runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from teacache.errors import SettingsError
from teacache.method.gate import Settings
from teacache.models.catalog import Card
from ui.controls import planned
from ui.controls.form import CALIBRATED, INDICATORS, NAIVE, NEGATIVES, OWN, PLANNED, Estimator, Form
from ui.gradio_glue.labels import i18n

_DIGITS = 7  # of a coefficient written into the box: enough for estimates of five digits
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_RANGE = re.compile(rf"^(?P<coefficients>[^@]*)@\s*(?P<low>{_NUMBER})\s*\.\.\s*(?P<high>{_NUMBER})\s*$")


@dataclass
class Rules:
    """The components, each named as its field of the form."""

    estimator: gr.Radio
    planned: gr.Radio
    coefficients: gr.Textbox
    indicator: gr.Radio
    first: gr.Number
    last: gr.Number
    most: gr.Number
    negative: gr.Radio
    mode: gr.Radio


def build_estimate(card: Card, form: Form) -> dict[str, Any]:
    """The choice of the polynomial or of a planned schedule, always in view."""
    estimator = gr.Radio(
        estimates(card),
        value=form.estimator,
        label=i18n("estimator"),
        elem_id="tc-estimator",
    )
    schedule = gr.Radio(
        planned.choices(card),
        value=form.planned or None,
        label=i18n("planned_steps"),
        elem_id="tc-planned",
    )
    coefficients = gr.Textbox(
        form.coefficients,
        label=i18n("coefficients"),
        lines=2,
        max_lines=4,
        elem_id="tc-coefficients",
    )
    return {"estimator": estimator, "planned": schedule, "coefficients": coefficients}


def estimates(card: Card) -> list[tuple[Any, str]]:
    """The estimates to choose from; a polynomial only where one is known, a plan only where one was made."""
    names = (CALIBRATED, NAIVE, OWN) if card.has_polynomial else (NAIVE, OWN)
    names += (PLANNED,) if planned.choices(card) else ()
    return [(i18n(name), name) for name in names]


def modes(card: Card) -> list[tuple[Any, str]]:
    """The model's polynomials to choose from, the usual one, nameless, first.

    What was measured here goes by what it compares. A model without any has one choice, none of them.
    """
    names = card.polynomials
    if not names:
        return [(i18n(NAIVE), "")]
    labels = [i18n("compares_" + name) if name in card.measured else name for name in names]
    return [
        (label, "" if i == 0 else name) for i, (label, name) in enumerate(zip(labels, names, strict=True))
    ]


def offers(card: Card) -> dict[str, Any]:
    """What a model offers to choose from, by field, where the choice stays; built for another one."""
    named = modes(card)
    return {
        "estimator": gr.update(choices=estimates(card)),
        "planned": gr.update(choices=planned.choices(card)),
        "mode": gr.update(choices=named, visible=len(named) > 1),
    }


def label(cards: Iterable[Card]) -> None:
    """Make the labels of what these models offer: a page knows those alone that were made before it."""
    for card in cards:
        offers(card)


def offered_mode(card: Card, name: str) -> str:
    """The polynomial of this name as `modes` calls it: the usual one where the model has none so named."""
    return name if name in list(card.polynomials)[1:] else ""


def build_more(card: Card, form: Form) -> dict[str, Any]:
    """What few will change, to be put into a fold."""
    named = modes(card)
    mode = gr.Radio(
        named,
        value=form.mode,
        label=i18n("mode"),
        visible=len(named) > 1,
        elem_id="tc-mode",
    )
    indicator = gr.Radio(
        [(i18n("by_own" if name == "indicator" else "by_" + name), name) for name in INDICATORS],
        value="indicator",
        label=i18n("indicator"),
        elem_id="tc-indicator",
    )
    with gr.Row(elem_id="tc-forced"):
        first, last, most = (
            gr.Number(
                value,
                label=i18n(key),
                # neither minimum nor precision: Gradio would refuse in English, or round without a word
                min_width=60,
                elem_id=f"tc-{name}",
            )
            for name, key, value in (
                ("first", "first_steps", form.first),
                ("last", "last_steps", form.last),
                ("most", "max_reuses", form.most),
            )
        )
    negative = gr.Radio(
        [(i18n("negative_" + name), name) for name in NEGATIVES],
        value=form.negative,
        label=i18n("negative"),
        elem_id="tc-negative",
    )
    numbers = {"first": first, "last": last, "most": most}
    return {"indicator": indicator, **numbers, "negative": negative, "mode": mode}


def values_of(card: Card | None, settings: Settings) -> dict[str, Any]:
    """What the fields of the form hold for these settings."""
    offered = [name for _, name in planned.choices(card)] if card else []
    return {
        "estimator": _estimator(card, settings),
        "planned": planned.name_of(card, settings) or next(iter(offered), ""),
        "first": settings.first_steps,
        "last": settings.last_steps,
        "most": settings.max_reuses or 0,
        "coefficients": written(settings if not settings.naive else card.settings() if card else settings),
        "negative": settings.negative,
        "mode": _mode(card, settings),
    }


def settings(card: Card, form: Form) -> Settings:
    """TeaCache's settings by the rules of the form; an empty box forces no more than what must be.

    A planned schedule, by its name, needs none of the other rules. Raises SettingsError or RequestError,
    one sentence, for a bad value.
    """
    if form.estimator == PLANNED:
        return planned.settings(card, form.threshold, form.planned)
    mode = form.mode if form.mode in card.polynomials else None
    chosen = card.settings(form.threshold, naive=form.estimator == NAIVE, mode=mode)
    if form.estimator == OWN:
        coefficients, limits = read(form.coefficients)
        outside = "clamp" if limits else "ignore"
        chosen = chosen.replaced(coefficients=coefficients, input_range=limits, out_of_range=outside)
    return chosen.replaced(
        first_steps=1 if form.first is None else form.first,
        last_steps=0 if form.last is None else form.last,
        max_reuses=form.most or None,
        negative=form.negative,
    )


def estimator_for(signal: str, card: Card | None, settings: Settings) -> Estimator:
    """The estimate that goes with a signal: another one is compared as it comes, as in the paper's table 2.

    A polynomial is fitted to TeaCache's own signal; back on that, the estimate is the run's.
    """
    return NAIVE if signal != "indicator" else _estimator(card, settings)


def written(settings: Settings) -> str:
    """A polynomial as the box holds it: coefficients, then the calibrated range if there is one."""
    text = ", ".join(f"{c:.{_DIGITS}g}" for c in settings.coefficients)
    if settings.input_range is None or settings.out_of_range != "clamp":
        return text
    low, high = settings.input_range
    return f"{text} @ {low:.4g} .. {high:.4g}"


def read(text: str) -> tuple[tuple[float, ...], tuple[float, float] | None]:
    """Coefficients, highest power first, and the range to keep distances within, if one is given after `@`.

    Raises SettingsError for anything else.
    """
    match = _RANGE.match(text)
    words = re.split(r"[\s,;]+", (match["coefficients"] if match else text).strip("[]() \n\t"))
    if not all(re.fullmatch(_NUMBER, word) for word in words):
        raise SettingsError(
            "coefficients",
            text.strip(),
            "numbers, highest power first, then perhaps @ and a range",
            "write for example 2, -0.5, 0.1 @ 0.02 .. 0.16",
        )
    return tuple(map(float, words)), (float(match["low"]), float(match["high"])) if match else None


def _estimator(card: Card | None, settings: Settings) -> Estimator:
    if planned.name_of(card, settings):
        return PLANNED
    if settings.naive:
        return NAIVE
    return CALIBRATED if settings.coefficients in _known(card) else OWN


def _known(card: Card | None) -> list[tuple[float, ...]]:
    """The polynomials that the card brings."""
    if card is None or not card.has_polynomial:
        return []
    polynomials = [polynomial.coefficients for polynomial in card.polynomials.values()]
    return [card.settings().coefficients, *polynomials]  # of an upload: its own


def _mode(card: Card | None, settings: Settings) -> str:
    """The polynomial that these settings are of, by its name; none for the usual one, nor where of none."""
    polynomials = list(card.polynomials.items())[1:] if card is not None else []
    return next((name for name, one in polynomials if one.coefficients == settings.coefficients), "")
