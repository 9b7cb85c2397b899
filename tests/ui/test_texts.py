"""The table of texts, against itself and against what the page asks for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ui.texts import LANGUAGES, all_texts, texts

UI = Path(__file__).resolve().parents[2] / "ui"
FILLED_IN = {
    "state_",
    "line_",
    "say_",
    "fig_",
    "win_",
    "rival_",
    "mode_tip_",
    "model_",
    "never_",
    "by_",
    "target_",
    "take_",
    "error_",
}  # beginnings of computed keys


def asked_for() -> set[str]:
    scripts = "".join(path.read_text() for path in (UI / "static").glob("*.js"))
    python = "".join(path.read_text() for path in UI.glob("*.py"))
    return set(re.findall(r'tc\.(?:t|term)\("(\w+)"', scripts)) | set(re.findall(r'i18n\("(\w+)"\)', python))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_there_in_every_language(language):
    assert all(text.strip() for text in texts(language).values())


def test_translations_fill_in_the_same_names():
    names = {
        lang: {k: set(re.findall(r"\{(\w+)\}", t)) for k, t in words.items()}
        for lang, words in all_texts().items()
    }
    assert names["de"] == names["en"] and names["zh"] == names["en"]


def test_every_text_that_is_asked_for_exists():
    missing = asked_for() - set(texts("en")) - FILLED_IN
    assert not missing


def test_every_reason_of_the_gate_can_be_said():
    from typing import get_args

    from teacache.method.gate import Reason

    assert {f"say_{reason}" for reason in get_args(Reason)} <= set(texts("en"))


def test_every_phase_has_a_word_and_a_sentence():
    from typing import get_args

    from teacache.runs.comparison import Phase

    phases = {*get_args(Phase), "recorded", "waiting", "loading", "stopped"}
    assert {f"{kind}_{phase}" for phase in phases for kind in ("state", "line")} <= set(texts("en"))


def test_every_obstacle_to_reuse_can_be_said():
    from typing import get_args

    from teacache.study.reuse import Obstacle

    assert {f"never_{obstacle}" for obstacle in get_args(Obstacle)} <= set(texts("en"))


def test_an_unknown_language_gets_english():
    assert texts("xx") == texts("en")
