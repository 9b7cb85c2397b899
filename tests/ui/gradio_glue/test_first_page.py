"""The first page goes by four places in Gradio's own, of which there must be one each."""

from __future__ import annotations

from pathlib import Path

import gradio as gr
import pytest

from ui.gradio_glue import first_page

TEMPLATE = (Path(gr.__file__).parent / "templates" / "frontend" / "index.html").read_bytes()
SENT = TEMPLATE.replace(b"{{ base_url | default('./') }}", b"./")  # what it is at the address of the page


@pytest.mark.parametrize("mark", [first_page._HEAD, first_page._END])
def test_gradios_page_has_a_head_that_begins_and_ends_once(mark):
    assert SENT.count(mark) == 1


@pytest.mark.parametrize("mark", [first_page._BASE, first_page._BODY])
def test_gradios_page_has_one_base_address_and_one_body(mark):
    assert len(mark.findall(SENT)) == 1
