"""The table of texts, against itself and against what the page asks for."""

from __future__ import annotations

import re
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path
from typing import get_args

import pytest

from teacache.method.gate import Reason, Settings
from teacache.runs.comparison import Phase
from teacache.study.reuse import Obstacle
from tests.ui import literals
from tests.ui.literals import PYTHON, SCRIPTS, TEMPLATES, read
from ui.words.texts import LANGUAGES, all_texts, texts

# What is the same in German as in English: names, units, and words that German took over.
AS_IN_GERMAN = {
    "title", "prompt", "guidance", "take_videos", "take_code", "take_bits", "tour_start", "field_pipeline",
    "field_guidance_scale", "field_threads", "forecast_seconds", "forecast_minutes",
}  # fmt: skip
# What is written without a letter of any language, or is a name.
AS_EVERYWHERE = {
    "fig_psnr", "fig_ssim", "state_cached", "rival_teacache", "col_seconds", "negative_zero", "target_psnr",
    "history_y", "history_shown", "take_cached", "take_png", "take_svg", "take_python", "take_schedule_json",
    "take_mask", "decimal", "field_pipeline", "fig_snr", "fig_lsd", "history_y_sound",
    "save_cached_sound", "mark_teacache", "mech_mlp",
}  # fmt: skip


def asked_for() -> set[str]:
    """Keys written out where they are used; one that ends with _ is the beginning of several."""
    scripts, python = read(SCRIPTS), read([*PYTHON, *TEMPLATES])
    keys = set(re.findall(r'\b(?:t|term)\(\s*["`](\w+)', scripts)) | set(
        re.findall(r'\bterm\("\w+", "(\w+)"', scripts)
    )
    return keys | set(re.findall(r'(?:i18n\(|words\[)f?"(\w+)', python))


def is_there(key: str) -> bool:
    known = texts("en")
    return key in known or (key.endswith("_") and any(name.startswith(key) for name in known))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_there_in_every_language(language):
    assert all(text.strip() for text in texts(language).values())


def test_translations_fill_in_the_same_names():
    names = {
        lang: {k: set(re.findall(r"\{(\w+)\}", t)) for k, t in words.items()}
        for lang, words in all_texts().items()
    }
    assert names["de"] == names["en"] and names["zh"] == names["en"]


def test_no_text_is_left_in_english():
    english, german = texts("en"), texts("de")
    same = {key for key in english if german[key] == english[key]}
    assert same <= AS_IN_GERMAN | AS_EVERYWHERE
    assert {
        key for key, text in texts("zh").items() if not re.search(r"[\u4e00-\u9fff]", text)
    } <= AS_EVERYWHERE


def test_every_text_that_is_asked_for_exists():
    assert not {key for key in asked_for() if not is_there(key)}


def test_every_word_with_an_explanation_has_its_explanation():
    """`term("x")` explains x by x_tip."""
    explained = re.findall(r'\bterm\("(\w+[^_"])"\)', read(SCRIPTS))
    assert not {key for key in explained if f"{key}_tip" not in texts("en")}


def test_every_text_is_asked_for():
    words = set(re.findall(r"""["'`]([a-z][\w-]*)""", read(SCRIPTS) + read(PYTHON)))
    beginnings = tuple(word for word in words if word.endswith("_"))
    unused = {key for key in texts("en") if key not in words and not key.startswith(beginnings)}
    assert not {key for key in unused if key.removesuffix("_tip") not in words}


def test_no_script_writes_its_own_words_on_the_page():
    assert not literals.of_scripts()


def test_words_of_a_script_are_found_wherever_they_stand():
    source = (
        'el("p", { class: "b", title: "Press it" }, "Now", `of ${n} steps`); // not here\nf(/"Nor Here"/);'
    )
    assert literals.words(source) == ["Press it", "Now", "of   steps"]
    assert literals.words("el('p', {}, `all of ${a} the steps`)") == ["all of   the steps"]


def test_no_component_has_a_label_of_its_own_words():
    assert not literals.of_components()


def test_every_reason_of_the_gate_can_be_said():
    assert {f"{kind}_{reason}" for reason in get_args(Reason) for kind in ("say", "reason")} <= set(
        texts("en")
    )


def test_every_setting_has_a_name():
    assert {f"field_{field.name}" for field in fields(Settings) if field.compare} <= set(texts("en"))


def test_every_phase_has_a_word_and_a_sentence():
    phases = {*get_args(Phase), "recorded", "waiting", "loading", "stopped"}
    assert {f"{kind}_{phase}" for phase in phases for kind in ("state", "line")} <= set(texts("en"))


def test_every_obstacle_to_reuse_can_be_said():
    assert {f"never_{obstacle}" for obstacle in get_args(Obstacle)} <= set(texts("en"))


def test_the_words_that_plotly_is_taught_are_words_of_plotly():
    taught = re.search(
        r"const WORDS = \{(.*?)\};", read([Path(p) for p in SCRIPTS if p.name == "plotly.js"]), re.DOTALL
    )[1]
    theirs = re.findall(r'(?:"([^"]+)"|\b(Pan|Zoom)): "plot_', taught)
    package = Path(next(iter(find_spec("plotly").submodule_search_locations)))
    script = (package / "package_data" / "plotly.min.js").read_text(encoding="utf-8")
    assert len(theirs) == 8 and all(f'"{a or b}"' in script for a, b in theirs)


def test_an_unknown_language_gets_english():
    assert texts("xx") == texts("en")
