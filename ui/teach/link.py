"""A link opened: its words become values of the controls, and the run that it names is shown."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import gradio as gr

from teacache.errors import RequestError, StoreError
from ui import controls, events, rules
from ui.live import Engine, Screen
from ui.models import Models
from ui.takeaway.panel import screen as shown

MOST_TEXT = 2_000  # characters of one word; a prompt may have no more either
_COUNT = (0, 1000)
_WHOLE = {"seed": (0, 2**32 - 1), "steps": _COUNT, "first": _COUNT, "last": _COUNT, "most": _COUNT}
_SHARES = ("first", "last")  # or a share of the steps
_NUMBERS = {"threshold": (0.0, 1e9), "guidance": (0.0, 1000.0), "seconds": (0.0, 1000.0)}
_CHOICES = {
    "estimator": (rules.CALIBRATED, rules.NAIVE, rules.OWN, rules.PLANNED),
    "indicator": rules.INDICATORS,
    "negative": rules.NEGATIVES,
}
RULED = ("estimator", "first", "last", "most", "coefficients", "negative", "mode", "planned")


def read(asked: dict[str, Any], models: Models) -> dict[str, Any]:
    """The words of a link as values of the controls; the run is not among them.

    Raises RequestError, one sentence, for a word that no control can have.
    """
    return {name: _value(name, str(word), models) for name, word in asked.items() if name != "run"}


def opened(
    engine: Engine, asked: dict[str, Any], seen: list[Any], start: str
) -> tuple[Screen, dict[str, Any], bool]:
    """The page as a link describes it: the screen, all controls' values, and whether its run is gone.

    Without a run, or where it is gone, the run that the page opens with. Raises TeaCacheError for bad words.
    """
    given = read(asked, engine.models)
    wanted = str(asked.get("run") or start)
    problem = None
    try:
        run = engine.library.load(wanted)
    except StoreError:
        run = engine.library.load(start)
        problem = StoreError(
            "The run that this link names is no longer here; a recorded one is shown instead."
        )
    card = getattr(run, "card", None) or engine.models.cards.get(run.request.model)
    screen = shown(engine, run, seen)
    values = controls.start_values(card, run) | given
    if "indicator" in given and "estimator" not in given:
        values["estimator"] = rules.estimator_for(given["indicator"], card, run.cached.settings)
    if any(name in given for name in (*RULED, "indicator")):
        decided = events.settings_for(engine, run, [values[name] for name in RULED])
        table = engine.table(run, decided, signal=values["indicator"], others=seen)
        screen = replace(screen, table=table)
    return replace(screen, problem=problem), values, problem is not None


def slider(engine: Engine, run: Any, threshold: float) -> Any:
    """The threshold slider, as far as this threshold and the run's reach."""
    end = getattr(run, "threshold_end", None) or engine.slider_end
    return gr.update(value=threshold, maximum=max(end, threshold, run.cached.settings.threshold))


def _value(name: str, word: str, models: Models) -> Any:
    if name in _WHOLE or name in _NUMBERS:
        return _number(name, word)
    if name in _CHOICES and word not in _CHOICES[name]:
        raise RequestError(
            "The link asks for {name} {word!r}: choose from {known}.",
            name=name,
            word=word,
            known=", ".join(_CHOICES[name]),
        )
    if name == "model":
        return models.card(word).name
    if name not in (*_CHOICES, "prompt", "coefficients", "mode", "planned"):
        raise RequestError("The link holds {name!r}, which is nothing that can be set.", name=name)
    if len(word) > MOST_TEXT:
        raise RequestError("The link's {name} is longer than {most} characters.", name=name, most=MOST_TEXT)
    return word


def _number(name: str, word: str) -> float | int:
    low, high = (_WHOLE | _NUMBERS)[name]
    try:
        number = float(word)
    except ValueError:
        number = math.nan
    share = name in _SHARES and 0 < number < 1
    if not low <= number <= high or (name in _WHOLE and not share and number != int(number)):
        raise RequestError(
            "The link asks for {name} {word!r}: it goes from {low:g} to {high:g}.",
            name=name,
            word=word,
            low=low,
            high=high,
        )
    return int(number) if name in _WHOLE and not share else number
