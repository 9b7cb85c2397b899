"""Gradio starts sooner, and is the same afterwards."""

import asyncio
import inspect

import gradio as gr
import pytest
from gradio import helpers, http_server, route_utils, utils
from gradio.routes import App
from gradio.state_holder import SessionState

from ui.gradio_glue.left_out import look_seldom, no_matplotlib, no_reloading, no_server_yet
from ui.gradio_glue.sessions import keep_no_configs


def test_a_page_is_built_without_a_web_application_and_gets_one_later():
    with no_server_yet():
        with gr.Blocks() as page:
            gr.Textbox()
        page.queue()
    assert page.app is None
    assert isinstance(App.create_app(page), App)


async def looks(queue, seconds: float) -> int:
    """How often a queue with nothing in it looks for something to do."""
    counted, sleep, tasks = 0, asyncio.sleep, []

    async def counting(delay):
        nonlocal counted
        counted += asyncio.current_task() in tasks  # and not those of another test's server
        await sleep(delay)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gradio.queueing.asyncio.sleep", counting)
        loops = queue.start_processing, queue.start_progress_updates
        tasks += [asyncio.create_task(loop()) for loop in loops]
        await sleep(seconds)
        queue.stopped = True
        await asyncio.gather(*tasks)
    return counted


@pytest.mark.parametrize(("settle", "seldom"), [(look_seldom, True), (lambda page: None, False)])
def test_an_empty_queue_is_looked_at_a_hundred_times_a_second_at_most(settle, seldom):
    with no_server_yet():
        with gr.Blocks() as page:
            gr.Textbox()
        page.queue()
    settle(page)
    assert (asyncio.run(looks(page._queue, 0.5)) <= 60) == seldom


def test_a_session_writes_down_nothing_of_the_page_and_still_finds_its_parts():
    with gr.Blocks() as page:
        box = gr.Textbox("kept")
    keep_no_configs(page)
    session = SessionState(page)
    assert not any(session.config_values.values())
    assert session[box._id] is box
    session._update_config(box._id)  # as after every answer
    session._update_value_in_config(box._id, "new")
    assert not any(session.config_values.values())


def test_no_call_looks_for_matplotlib(monkeypatch):
    monkeypatch.setattr(utils, "MatplotlibBackendMananger", utils.MatplotlibBackendMananger)
    no_matplotlib()
    with utils.MatplotlibBackendMananger():
        assert "matplotlib" not in inspect.getsource(type(utils.MatplotlibBackendMananger()))


@pytest.mark.parametrize("module", [route_utils, helpers])
def test_calls_look_for_matplotlib_by_the_name_that_is_replaced(module):
    assert "utils.MatplotlibBackendMananger()" in inspect.getsource(module)


def test_on_a_space_no_source_is_watched(monkeypatch):
    monkeypatch.setenv("SYSTEM", "spaces")
    monkeypatch.setenv("SPACE_ID", "someone/something")
    monkeypatch.setattr(http_server, "get_space", utils.get_space)
    assert http_server.get_space()  # as Gradio asks whether to watch
    no_reloading()
    assert http_server.get_space() is None


def test_whether_this_is_a_space_is_asked_there_for_the_watch_alone():
    source = inspect.getsource(http_server)
    assert source.count("get_space()") == 1
    assert "SpacesReloader(" in source[source.index("get_space()") :].split("elif")[0]
