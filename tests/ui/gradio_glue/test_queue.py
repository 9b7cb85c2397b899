"""Gradio's queue has what is used of it, and does what it is told."""

from __future__ import annotations

import ast
import inspect
import time
from types import SimpleNamespace

import gradio as gr
import pytest
from gradio import queueing
from gradio.queueing import Event, EventQueue, Queue

from ui.gradio_glue import queue as glue


@pytest.fixture
def page():
    with gr.Blocks() as page:
        box = gr.Textbox()
        box.submit(lambda words: words, box, box, concurrency_id="model", concurrency_limit=1)
    page.queue()
    page._queue.create_event_queue_for_fn(next(iter(page.fns.values())))
    return page


def call(page) -> Event:
    """A call that waits in the page's queue."""
    event = Event("someone", next(iter(page.fns.values())), SimpleNamespace(scope={"path": "/"}), None)
    page._queue.event_queue_per_concurrency_id["model"].queue.append(event)
    page._queue.event_ids_to_events[event._id] = event
    return event


def test_of_its_calls_gradio_keeps_one_figure_and_makes_no_table(monkeypatch):
    for name in ("GRADIO_ANALYTICS_MAX_EVENTS", "GRADIO_ANALYTICS_CACHE_FREQUENCY"):
        monkeypatch.setenv(name, "5")  # is put back as it was after the test
    glue.keep_no_figures()
    queue = gr.Blocks().queue()._queue
    assert queue.ANALYTICS_MAX_EVENTS == 1
    assert queue.ANAYLTICS_CACHE_FREQUENCY == 10**9  # its name is Gradio's


def test_all_that_the_queue_asks_of_its_clock_the_steady_one_can_answer(monkeypatch):
    monkeypatch.setattr(queueing, "time", time)
    glue.count_by_a_steady_clock()
    tree = ast.parse(inspect.getsource(queueing))
    asked = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "time"
    }
    assert "time" in asked and all(hasattr(queueing.time, name) for name in asked)
    assert queueing.time.time is time.monotonic


def test_a_call_that_waits_is_seen_and_gone_once_it_is_dropped(page):
    waiting, event = glue.Waiting(page, "model"), call(page)
    assert waiting.waiting() == [event] and not waiting.at_work()
    assert waiting.session_of(event._id) == "someone" and not waiting.known("someone")
    assert glue.scope_of(event) == {"path": "/"} and 0 <= glue.age(event) < 60
    assert list(waiting.functions()) == [event.fn] and waiting.seconds_each() is None


def test_seconds_of_calls_are_read_as_gradio_adds_them_up(page):
    (function,) = page.fns.values()
    for seconds in (2.0, 4.0):
        page._queue.process_time_per_fn[function].add(seconds)
    assert glue.Waiting(page, "model").seconds_each() == 3


def test_what_begins_next_is_asked_for_where_it_is_answered(page):
    heard = set()
    glue.begin_when(page, {"model"}, heard.__contains__)
    event = call(page)
    assert page._queue.get_events() is None  # nobody listens to it
    heard.add(event)
    assert page._queue.get_events() == ([event], False, "model")
    assert "self.get_events()" in inspect.getsource(Queue.start_processing)


@pytest.mark.parametrize("name", ["queue", "concurrency_limit", "current_concurrency"])
def test_a_line_has_what_is_read_of_it(name):
    assert hasattr(EventQueue("model", 1), name)
