"""Addresses, marks and refusals are those that Gradio and its client go by."""

from __future__ import annotations

import gradio as gr
import httpx
import pytest
from gradio.data_classes import FileData
from gradio.events import EventData
from gradio.route_utils import API_PREFIX
from gradio_client.utils import extract_validation_message

from tests.ui.gradio_glue.front import assets
from ui.gradio_glue import protocol
from ui.gradio_glue.files import as_upload, takes_file, upload_folder
from ui.gradio_glue.functions import functions_of
from ui.gradio_glue.labels import ITS_OWN, OURS, i18n_of, translations
from ui.gradio_glue.news import news


def test_everything_that_is_no_page_lies_below_one_address():
    assert protocol.API == API_PREFIX


def test_a_file_is_marked_as_gradio_marks_it():
    assert FileData(path="a.png").meta == protocol.A_FILE


def test_the_client_shows_the_sentence_of_a_refusal():
    refused = httpx.Response(protocol.FOR_CLIENT, json=protocol.for_client("There is no room."))
    assert "There is no room." in (extract_validation_message(refused) or "")


def test_a_picture_is_shown_from_a_copy_among_the_uploads(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    (tmp_path / "ball.png").write_bytes(b"\x89PNG")
    shown = as_upload(str(tmp_path / "ball.png"))
    assert shown["path"].startswith(upload_folder()) and shown["orig_name"] == "ball.png"
    assert FileData(**shown).path == shown["path"]


@pytest.mark.parametrize(("component", "file"), [(gr.Image, True), (gr.File, True), (gr.Textbox, False)])
def test_a_component_says_whether_it_takes_a_file(component, file):
    assert takes_file(component()) == file


def test_functions_are_known_by_their_numbers_with_what_a_program_sends():
    with gr.Blocks() as page:
        box, state, image = gr.Textbox(), gr.State(), gr.Image()
        box.submit(lambda words, kept, picture: words, [box, state, image], box, api_name="echo")
    (function,) = functions_of(page, {"echo": 5}, else_most=1).values()
    assert (function.name, function.inputs, function.named, function.most) == ("echo", 3, 2, 5)
    assert function.names == ("words", "kept", "picture") and function.named_files == (False, True)


@pytest.mark.parametrize(("sent", "read"), [({"id": "1"}, {"id": "1"}), (None, {})])
def test_what_a_part_tells_is_read_also_where_it_tells_nothing(sent, read):
    assert news(EventData(None, sent)) == read


def test_a_label_is_looked_up_in_the_table_that_the_page_is_launched_with():
    label = i18n_of("a_label", {"en": "a label", "de": "eine Beschriftung", "zh": "标签"})
    assert label.to_dict() == {"__type__": "translation_metadata", "key": OURS + "a_label"}
    assert translations().translations["de"][OURS + "a_label"] == "eine Beschriftung"


@pytest.mark.parametrize("key", ITS_OWN)
def test_gradios_own_words_are_asked_for_by_the_keys_that_we_fill(key):
    assert any(key in text for text in assets("*.js").values())
