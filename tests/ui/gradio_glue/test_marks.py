"""What our scripts and style sheets look for in Gradio's components is what this Gradio draws."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.ui.gradio_glue.front import assets, component_with

UI = Path(__file__).resolve().parents[3] / "ui"
SLIDER = 'class="slider_input_container'
# Classes of Gradio's that our style sheets name.
STYLED = ("app", "block", "divider", "form", "html-container", "label-wrap", "open", "prose", "wrap")


def test_the_slider_is_one_range_with_its_ends_beside_it_and_one_box_for_a_number():
    drawn = component_with(SLIDER)
    for mark in ('type="range"', 'type="number"', 'class="min_value ', 'class="max_value '):
        assert drawn.count(mark) == 1, f"{mark}: see ui/gradio_glue/slider.js"


def test_slider_and_box_hear_of_a_value_by_the_event_that_is_sent_and_take_it_from_the_input():
    drawn = component_with(SLIDER)
    assert len(re.findall(r"\(`input`,\w+,", drawn)) == 2, "see setSlider of ui/gradio_glue/slider.js"
    assert len(re.findall(r"\(\)=>(\w+)\.props\.value,\w+=>\1\.props\.value=", drawn)) == 2


def test_the_slider_writes_its_ends_with_a_point_in_every_language():
    assert "props.maximum)" in component_with(SLIDER) and "toLocaleString" not in component_with(SLIDER)


def test_a_label_is_marked_as_it_is_looked_for():
    drawn = [text for text in assets("src-*.js").values() if '<span data-testid="block-info">' in text]
    assert drawn, "see labelOf of ui/gradio_glue/fields.js"


@pytest.mark.parametrize(
    ("marks", "what"),
    [
        (['<label><input type="radio"', "<span"], "choicesOf and labelOf: a radio button in its label"),
        (['data-testid="checkbox"', 'type="checkbox"'], "labelOf: a check box in its label"),
    ],
)
def test_a_choice_is_an_input_within_its_label(marks, what):
    assert component_with(*marks), f"see ui/gradio_glue/fields.js: {what}"


def test_the_list_of_a_dropdown_is_a_list():
    lists = [text for text in assets("*.js").values() if 'class="options ' in text and "<ul" in text]
    assert lists, "see openListOf of ui/gradio_glue/fields.js"


def test_the_box_for_words_is_a_text_area():
    assert any("<textarea" in text for text in assets("*.js").values() if 'data-testid="textbox"' in text)


@pytest.mark.parametrize("name", STYLED)
def test_a_class_that_our_style_sheets_name_is_one_of_gradios(name):
    ours = "".join(path.read_text(encoding="utf-8") for path in UI.glob("*/*.css"))
    assert re.search(rf"\.{name}\b", ours), "nothing names it any more: take it out of this list"
    styled = re.compile(rf"\.{name}[.:>, {{]")
    assert any(styled.search(text) for text in assets("*.css").values())


def test_the_language_of_labels_is_the_browsers_as_head_language_js_sets_it():
    asking = [text for text in assets("*.js").values() if "window.navigator.language||" in text]
    assert asking, "see ui/head/language.js"
