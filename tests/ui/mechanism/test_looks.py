"""What the diagram of the mechanism shows can be read: names that differ, words that are not too pale."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from teacache.models.catalog import CARDS
from ui.mechanism.anatomy import of_model

UI = Path(__file__).resolve().parents[3] / "ui"
TEXTS = json.loads((UI / "words" / "texts.json").read_text(encoding="utf-8"))
PLACES = (UI / "mechanism" / "places.js").read_text(encoding="utf-8")
BOXES = re.findall(r'"(\w+)"', PLACES.split("} Box\n")[0].split('@typedef {"')[1].join(['"', '"']))
LEAST = 3.0  # contrast of large text and of what is shown as idle


def compared_keys(card) -> tuple[str, ...]:
    """The names that the box of what is compared may have: comparedKey of sentences.js."""
    signal = of_model(card)["signal"] or "indicator"
    return ("mech_compared", "mech_projected") if signal == "embedding" else (f"by_{signal}",)


@pytest.mark.parametrize("language", ["en", "de", "zh"])
def test_no_two_boxes_of_any_model_have_the_same_name(language):
    others = [TEXTS[f"mech_{box}"][language] for box in BOXES if box not in ("compared", "gate")]
    assert len(others) == 13
    for card in CARDS.values():
        for key in compared_keys(card):
            names = [*others, TEXTS[key][language]]
            assert len(set(names)) == len(names), (card.name, key)


def test_the_page_names_what_is_compared_by_these_keys():
    script = (UI / "mechanism" / "sentences.js").read_text(encoding="utf-8")
    (body,) = re.findall(r"function comparedKey.*?\n}", script, re.DOTALL)
    assert set(re.findall(r'"(\w+)"', body)) == {
        "embedding",
        "by_",
        "proj",
        "mech_projected",
        "mech_compared",
    }


def themes() -> list[dict[str, str]]:
    sheet = (UI / "base" / "style.css").read_text(encoding="utf-8")
    blocks = re.findall(r"\{([^{}]*--tc-computed:[^{}]*)\}", sheet)
    return [dict(re.findall(r"--tc-([\w-]+): (#\w+)", block)) for block in blocks]


def channels(colour: str) -> list[float]:
    return [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]


def over(colour: list[float], ground: list[float], opacity: float) -> list[float]:
    return [opacity * a + (1 - opacity) * b for a, b in zip(colour, ground, strict=True)]


def luminance(colour: list[float]) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("theme", themes(), ids=["light", "dark"])
def test_what_is_idle_is_dimmer_and_can_still_be_read(theme):
    sheet = (UI / "mechanism" / "mechanism.css").read_text(encoding="utf-8")
    opacity = {
        what: float(re.search(rf"\.dim {re.escape(what)} \{{ opacity: ([\d.]+)", sheet)[1])
        for what in ("text", ":is(.frame, .bars, path)")
    }
    ground = over(channels(theme["field"]), channels(theme["card"]), opacity[":is(.frame, .bars, path)"])
    for ink in ("ink-soft", "ink", "estimate"):
        text = over(channels(theme[ink]), ground, opacity["text"])
        lights = sorted([luminance(text), luminance(ground)])
        assert (lights[1] + 0.05) / (lights[0] + 0.05) >= LEAST, ink
    assert opacity["text"] < 0.8
