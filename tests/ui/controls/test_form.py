"""One table of what the left column asks: the form, its parser, the components and a link agree by name."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import gradio as gr
import pytest
from gradio.utils import get_upload_folder

from teacache.errors import RequestError, TeaCacheError
from ui.base import payload
from ui.controls import controls
from ui.controls.form import FIELDS, LINKED, RESTORED, RULES, Form, from_link, named
from ui.door.calls import check_file
from ui.models.models import Models


def test_the_table_and_the_form_name_the_same_fields():
    assert tuple(FIELDS) == tuple(field.name for field in fields(Form))


def test_every_field_has_a_component_of_that_name():
    with gr.Blocks():
        left = controls.build(Models(), None, 1.0, below_run=lambda: None)
    assert tuple(left.fields()) == tuple(FIELDS)
    assert list(left.fields(RULES)) == list(RULES)
    assert left.fields()["first"] is left.rules.first and left.fields()["seed"] is left.seed


def test_what_a_form_holds_fills_the_components_of_the_same_names():
    form = Form(threshold=0.3, seed=7, mode="")
    filled = dict(zip(RESTORED, controls.filled(form, steps="instead"), strict=True))
    assert (filled["threshold"], filled["seed"]) == (0.3, 7)
    assert filled["steps"] == "instead" and filled["mode"] == ""  # the usual polynomial


def test_a_picture_that_is_shown_again_may_be_sent_back(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    (tmp_path / "image.png").write_bytes(b"a picture")
    form = Form(image=str(tmp_path / "image.png"))
    shown = dict(zip(RESTORED, controls.filled(form), strict=True))["image"]
    check_file(shown, get_upload_folder())
    assert payload.picture(shown) == shown["path"] and Path(shown["path"]).read_bytes() == b"a picture"


SENT = {
    "threshold": 0.3, "estimator": "own", "model": "shapes", "prompt": "a red ball", "seed": 7, "steps": 20,
    "guidance": 2.5, "first": 2, "last": 0.25, "most": 4, "coefficients": "2, 0", "negative": "zero",
    "mode": "retention", "planned": "10-of-50", "indicator": "latent", "image": {"path": "/an/upload.png"},
    "seconds": 3.5, "rivals": True, "methods": ["pab", "uniform"], "demo": True, "public": True,
}  # fmt: skip
HELD = SENT | {"image": "/an/upload.png", "methods": ("pab", "uniform")}


def test_values_of_an_event_are_read_by_name_whatever_their_order():
    form = Form.read(named(reversed(SENT), reversed(SENT.values())))
    assert vars(form) == HELD
    assert not [name for name, value in vars(Form()).items() if value == HELD[name]]


def test_an_empty_column_is_a_form_without_values():
    assert Form.read(dict.fromkeys(FIELDS)) == Form.read({}) == Form()


@pytest.mark.parametrize("name", ["seed", "steps", "most", "first", "last"])
def test_a_whole_number_with_a_point_is_a_whole_number(name):
    value = getattr(Form.read({name: 3.0}), name)
    assert value == 3 and isinstance(value, int)


@pytest.mark.parametrize(
    "name", ["model", "prompt", "coefficients", "mode", "planned", "indicator", "estimator"]
)
def test_words_that_are_none_are_refused_by_name(name):
    with pytest.raises(RequestError, match=f"^{name} must be text\\.$"):
        Form.read({name: 5})


@pytest.mark.parametrize("name", ["estimator", "negative", "indicator"])
def test_a_choice_that_is_not_offered_is_refused_with_those_that_are(name):
    offered = ", ".join(FIELDS[name].choices)
    with pytest.raises(RequestError, match=f"^{name} is 'best', but must be one of {offered}\\.$"):
        Form.read({name: "best"})


@pytest.mark.parametrize(
    "name, value, said",
    [
        ("threshold", "much", "threshold is 'much', but must be a finite number"),
        ("threshold", -1, "threshold is -1.0, but must be 0 or more"),
        ("seed", "x", "The seed is x, but must be a whole number from 0"),
        ("steps", 2.5, "The number of steps is 2.5, but must be a whole number from 2"),
        ("guidance", True, "The guidance is True, but must be a number from 1"),
        ("first", 2.5, "first_steps is 2.5, but must be a whole number of at least 1, or a share"),
        ("last", -7, "last_steps is -7, but must be a whole number of at least 0, or a share"),
        ("last", 1e300, "last_steps is 1e\\+300, but must be at most 10000"),
        ("most", "x", "max_reuses is 'x', but must be a whole number of at least 1"),
        ("seconds", 31, "The length is 31, but must be a number of seconds from 0.1 to 30"),
        ("image", "/an/address.png", "An image is uploaded, not named by its address"),
        ("rivals", 1, "rivals must be true or false"),
        ("methods", "pab", "methods must be a list, but is 'pab'"),
        ("methods", ["pab", 5], r"methods\[1\] must be a text, but is 5"),
    ],
)
def test_a_value_that_means_nothing_is_refused_in_one_sentence(name, value, said):
    with pytest.raises(TeaCacheError, match=f"^{said}.*\\.$"):
        Form.read({name: value})


def test_a_link_can_hold_every_field_that_is_written_in_words_and_no_other():
    words = {name: (FIELDS[name].choices or ("1",))[0] for name in LINKED}
    assert set(from_link(words)) == set(RESTORED) - {"image", "demo"}
    for name in ("image", "rivals", "methods", "colour"):
        with pytest.raises(RequestError, match="nothing that can be set"):
            from_link({name: "1"})
