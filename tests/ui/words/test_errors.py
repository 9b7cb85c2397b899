"""What the library says reaches a visitor in every language; a sentence without its texts is found here."""

from __future__ import annotations

import ast
import errno
import string
from dataclasses import fields
from pathlib import Path

import pytest

from teacache.errors import Phrase, RequestError, SettingsError, StoreError, TeaCacheError, TraceFormatError
from teacache.method.gate import Settings
from teacache.models.card_json import explanation, obstacle
from teacache.models.catalog import CARDS
from teacache.models.memory import Machine
from teacache.study.indicators import FIELDS
from tests.ui.sentences import ELSEWHERE, ROOT, patterns, said_in_source
from ui.base.refused import wanted
from ui.run.outputs import notice
from ui.words.phrases import PROGRAM, in_every_language, said, table
from ui.words.texts import LANGUAGES, texts

OTHERS = [language for language in LANGUAGES if language != "en"]
OUTLINE = "{field} is {value}, but must be {allowed}: {fix}."  # of every SettingsError
# Patterns that are chosen by a variable: a name from a table is looked up as it is.
CHOSEN = {
    "teacache/models/checkpoints.py": [
        f"{{count}} {what} ({{names}})" for what in ("missing", "unexpected", "of another shape")
    ],
    "teacache/study/calibrate.py": ["model", "steps", "guidance_scale", "variant"],
    "teacache/study/indicators.py": [name for name in FIELDS if name != "indicator"],
    "a field of the settings": [field.name for field in fields(Settings) if field.compare],
    "teacache/errors.py": [OUTLINE, "{part0}; {part1}", "{part0}; {part1}; {part2}"],
}
# A model in a folder of the server has no card of its own.
OF_A_FOLDER = ("A local folder without a calibration: the naive estimate is used.", "see the folder")
BAD = {
    "threshold": [-1.0, "x"], "coefficients": [(), ("a",), 3], "first_steps": [0], "last_steps": [-1],
    "max_reuses": [0], "negative": ["drop"], "out_of_range": ["drop"], "input_range": [3, (2.0, 1.0)],
    "variant": [3],
}  # fmt: skip


def placeholders(pattern: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(pattern) if name}


@pytest.fixture(scope="module")
def needed():
    """Pattern -> a place that says it."""
    found = {pattern: place for place, pattern in patterns()}
    chosen = {pattern: place for place, some in CHOSEN.items() for pattern in some}
    cards = {
        text: f"the card of {card.name}" for card in CARDS.values() for text in (card.note, card.license)
    }
    names = {text for text in cards if " " not in text}  # MIT is MIT everywhere
    return {pattern: place for pattern, place in (found | chosen | cards).items() if pattern not in names}


def test_every_sentence_of_the_source_has_its_texts(needed):
    missing = {
        pattern: place for pattern, place in needed.items() if set(OTHERS) - set(table().get(pattern, ()))
    }
    assert not missing


def test_no_text_is_left_over(needed):
    assert set(table()) <= set(needed) | set(OF_A_FOLDER)


def test_translations_fill_in_the_same_values():
    for pattern, row in table().items():
        wanted = placeholders(row.get("visitor", pattern))
        assert wanted <= placeholders(pattern)
        assert all(placeholders(text) == wanted for text in row.values()), pattern


def test_no_visitor_is_told_what_only_concerns_whoever_runs_the_server(needed):
    """Where runs are kept, which variable says so, what to install: the log and the command line say that."""
    told = {pattern: table()[pattern].get("visitor", pattern) for pattern in needed if pattern in table()}
    advice = ("TEACACHE_", "pip install", "imageio", "runs folder")
    assert not {text for text in told.values() if any(word in text for word in advice)}
    with_folder = {pattern for pattern, text in told.items() if "{folder}" in text}
    assert not {
        pattern for pattern in with_folder if needed[pattern].startswith(("teacache/runs/store", "ui/"))
    }


@pytest.mark.parametrize("language", [*LANGUAGES, PROGRAM])
def test_a_visitor_sees_no_folder_of_the_server_whatever_the_sentence_holds(language):
    folder = Path("/srv/data/teacache/runs")
    inner = OSError(errno.EIO, "Input/output error", str(folder / "a" / "run.json"))
    for value in (folder, str(folder), inner, StoreError("{error}", error=inner)):
        sentence = said(StoreError("It is amiss: {value}, {value!r}.", value=value), language)
        assert "/srv" not in sentence and ("runs" in sentence or "run.json" in sentence)


@pytest.mark.parametrize("language", [*LANGUAGES, PROGRAM])
def test_a_visitor_is_not_told_again_all_of_what_he_sent(language):
    sent = "x" * 10**6
    error = RequestError("There is no {value!r} and no {value}.", value=sent)
    assert len(said(error, language)) < 1000
    assert len(said(TraceFormatError("records[0]: {error}", error=error), language)) < 1000


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("field", ["coefficients", "first_steps", "last_steps", "max_reuses"])
def test_a_refused_setting_is_called_as_its_control_and_by_its_name(field, language):
    called = said(Phrase(field), language)
    assert texts(language)[field] in called and f"({field})" in called


def test_a_sentence_is_written_out_where_it_is_raised():
    """An f-string could not be looked up."""
    filled = [place for place, words in said_in_source() if isinstance(words, ast.JoinedStr | ast.BinOp)]
    assert not filled


def test_modules_that_no_page_reaches_are_still_there():
    assert all((ROOT / name).is_file() for name in ELSEWHERE)


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("field, value", [(name, value) for name, bad in BAD.items() for value in bad])
def test_a_bad_setting_is_refused_without_an_english_word(field, value, language):
    with pytest.raises(SettingsError) as caught:
        Settings(**{"threshold": 0.1, field: value})
    assert untranslated(caught.value.phrase, language) == []


def untranslated(phrase: Phrase, language: str) -> list[str]:
    """The phrases within a phrase that have no text in a language."""
    inner = [value for value in phrase.values.values() if isinstance(value, Phrase)]
    own = [phrase.pattern] if phrase and language not in table().get(phrase.pattern, {}) else []
    return own + [word for part in inner for word in untranslated(part, language)]


def test_obstacles_and_explanations_of_every_model_are_said_in_every_language():
    machine = Machine(host_gb=0.0)
    for card in CARDS.values():
        for phrase in (obstacle(card, machine), explanation(card)):
            assert not phrase or len(set(in_every_language(phrase).values())) == len(LANGUAGES)


def test_values_within_values_are_translated_too():
    inner = RequestError(
        "{what} is {pixels} pixels, but must be a multiple of {side}: try {near}.",
        what=Phrase("The height"),
        pixels=7,
        side=16,
        near=16,
    )
    outer = RequestError("settings of the request: {error}", error=inner)
    assert (
        str(outer) == "settings of the request: The height is 7 pixels, but must be a multiple of 16: try 16."
    )
    assert said(outer, "de").endswith(
        "Die Höhe ist 7 Pixel, muss aber ein Vielfaches von 16 sein: Versuchen Sie 16."
    )


def test_german_decimals_have_a_comma():
    assert said(Phrase("below {high:g}", high=0.25), "de") == "unter 0,25"
    assert said(Phrase("below {high:g}", high=0.25), "zh") == "低于 0.25"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_without_a_text_stays_english(language):
    assert said(RequestError("Nobody wrote {what} down.", what="this"), language) == "Nobody wrote this down."
    assert said("A {brace} of a plain sentence.", language) == "A {brace} of a plain sentence."


def test_a_notice_carries_every_language():
    told = notice(TeaCacheError("The run was stopped on request."))["error"]
    assert told["de"] == "Der Lauf wurde auf Wunsch angehalten." and set(told) == set(LANGUAGES)


@pytest.mark.parametrize(
    "header, language",
    [("de-AT,de;q=0.9,en;q=0.5", "de"), ("fr, zh-CN;q=0.8", "zh"), ("", "en"), ("fr;q=1", "en"), ("*", "en")],
)
def test_an_address_opened_directly_answers_in_the_language_of_the_browser(header, language):
    assert wanted(header) == language


def test_what_is_said_of_a_folder_has_its_texts():
    source = (ROOT / "teacache/models/catalog.py").read_text(encoding="utf-8")
    assert all(f'"{text}"' in source and set(table()[text]) == set(OTHERS) for text in OF_A_FOLDER)


def test_no_sentence_sends_a_visitor_to_a_page_that_the_server_does_not_have():
    told = [text for rows in table().values() for text in rows.values()]
    told += [text for language in LANGUAGES for text in texts(language).values()]
    assert [text for text in told if "README" in text] == []
