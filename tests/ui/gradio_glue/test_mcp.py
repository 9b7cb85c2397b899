"""The tools' answers are JSON, by the two places of Gradio's MCP server that this hangs on."""

from __future__ import annotations

import asyncio
import inspect
import json
from types import SimpleNamespace

import gradio as gr
import pytest

from ui.gradio_glue.mcp import answer_in_json

types = pytest.importorskip("mcp.types", reason="needs requirements-mcp.txt")


@pytest.fixture(scope="module")
def server():
    from gradio.mcp import GradioMCPServer

    with gr.Blocks() as page:
        box = gr.Textbox()
        box.submit(lambda words: words, box, box, api_name="echo")
    page.mcp_server_obj = GradioMCPServer(page)
    answer_in_json(page)
    return page.mcp_server_obj


def test_values_are_written_as_json_and_not_as_python_has_them(server):
    (text,) = server.postprocess_output_data([{"done": True, "why": None}], "")
    assert json.loads(text.text) == {"done": True, "why": None}


def test_gradio_writes_its_answers_by_the_function_that_is_replaced(server):
    assert "self.postprocess_output_data(" in inspect.getsource(type(server))


def test_a_refusal_says_no_folder_of_the_server(server, monkeypatch):
    handler = server.mcp_server.request_handlers[types.CallToolRequest]
    assert handler.__module__ == "ui.gradio_glue.mcp"  # the short one, in place of the protocol's own
    request = types.CallToolRequest(params=types.CallToolRequestParams(name="/srv/private/none"))
    result = asyncio.run(handler(request))
    assert result.root.isError and "/srv/private" not in result.root.content[0].text


def test_a_page_without_tools_is_let_be():
    page = SimpleNamespace(mcp_server_obj=None)
    answer_in_json(page)
    assert vars(page) == {"mcp_server_obj": None}
