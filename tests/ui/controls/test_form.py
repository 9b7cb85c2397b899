"""One table of what the left column asks: the form, its parser, the components and a link agree by name."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import gradio as gr
import pytest
from gradio.utils import get_upload_folder

from teacache.errors import RequestError
from ui.base import payload
from ui.controls import controls
from ui.controls.form import FIELDS, LINKED, OF_A_RUN, RESTORED, RULES, Form, from_link, named
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
    assert filled["steps"] == "instead" and filled["mode"] is None


def test_a_picture_that_is_shown_again_may_be_sent_back(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    (tmp_path / "image.png").write_bytes(b"a picture")
    form = Form(image=str(tmp_path / "image.png"))
    shown = dict(zip(RESTORED, controls.filled(form), strict=True))["image"]
    check_file(shown, get_upload_folder())
    assert payload.picture(shown) == shown["path"] and Path(shown["path"]).read_bytes() == b"a picture"


def test_values_of_an_event_are_read_by_name_whatever_their_order():
    values = {name: name for name in OF_A_RUN} | dict.fromkeys(("rivals", "demo", "public"), True)
    form = Form.read(named(reversed(OF_A_RUN), reversed(values.values())))
    assert all(getattr(form, name) == value for name, value in values.items())


@pytest.mark.parametrize("name", ["prompt", "coefficients", "mode", "indicator", "estimator"])
def test_words_that_are_none_are_refused_by_name(name):
    with pytest.raises(RequestError, match=f"^{name} must be text\\.$"):
        Form.read({name: 5})
    assert getattr(Form.read({name: None}), name) == ""


def test_a_link_can_hold_every_field_that_is_written_in_words_and_no_other():
    words = {name: (FIELDS[name].choices or ("1",))[0] for name in LINKED}
    assert set(from_link(words)) == set(RESTORED) - {"image", "demo"}
    for name in ("image", "rivals", "methods", "colour"):
        with pytest.raises(RequestError, match="nothing that can be set"):
            from_link({name: "1"})
