"""Prompts that a model understands: two to click, one at random, one in place of what means nothing to it.

Knows cards and text; knows no components.
"""

from __future__ import annotations

import random
import re

from teacache.models.catalog import Card
from teacache.models.vocabulary import unknown
from teacache.study.prompts import CAPTIONS, prompts_for

EXAMPLES = 2  # prompts to click; more would need a second row
_POOL = 35  # prompts for models that understand any words
_FEW = 3  # words of a prompt on a small button
_PLACE = re.compile(r" (?:on|over|in|at|by) ")


def examples(card: Card) -> list[str]:
    """The prompts to click."""
    if card.vocabulary is not None:
        return list(card.vocabulary.examples[:EXAMPLES])
    return prompts_for("evaluation", EXAMPLES, model=card.name)


def random_prompt(card: Card) -> str:
    """Any prompt that the model understands."""
    captions = CAPTIONS.get(card.name) if card.vocabulary else None
    return random.choice(captions() if captions else prompts_for("evaluation", _POOL, model=card.name))


def fitting(card: Card, prompt: str) -> str:
    """The prompt, or an example where the model was never taught a word of it."""
    if card.vocabulary is None or not unknown(prompt, card.vocabulary.words):
        return prompt
    return card.vocabulary.example


def short(card: Card, prompt: str) -> str:
    """What it is about, for a small button: "ball bouncing", or its first words."""
    if card.vocabulary is None:
        return " ".join(prompt.split()[:_FEW]) + " …"
    return " ".join(_PLACE.split(prompt)[0].split()[2:]) or prompt
