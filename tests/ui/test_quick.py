"""Gradio starts sooner, and is the same afterwards."""

import subprocess
import sys
from pathlib import Path

import gradio as gr
from gradio.routes import App

from ui.quick import no_server_yet

ROOT = Path(__file__).resolve().parents[2]
PARSED = """
import ast, inspect
from ui.quick import no_stub_files
parse, getfile, parsed = ast.parse, inspect.getfile, []
ast.parse = lambda source, *args, **kwargs: (parsed.append(source), parse(source, *args, **kwargs))[1]
with no_stub_files():
    import gradio
print(sum("class Slider(" in str(source) for source in parsed), inspect.getfile is getfile)
print(inspect.getfile(gradio.Slider))
"""


def test_no_stub_is_made_from_a_component_s_source_and_its_file_is_found_afterwards():
    done = subprocess.run(
        [sys.executable, "-c", PARSED], cwd=ROOT, capture_output=True, text=True, check=True
    )
    counted, path = done.stdout.splitlines()[-2:]
    assert counted == "0 True" and path.endswith("slider.py")


def test_a_page_is_built_without_a_web_application_and_gets_one_later():
    with no_server_yet():
        with gr.Blocks() as page:
            gr.Textbox()
        page.queue()
    assert page.app is None
    assert isinstance(App.create_app(page), App)
