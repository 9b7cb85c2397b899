"""The hidden part that opens links, and the news of the controls that a link holds."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ui.base import scripts
from ui.base.html_part import part, unchanged
from ui.base.numbering import next_number
from ui.controls import controls
from ui.controls.form import RESTORED
from ui.gradio_glue.news import news
from ui.link import link
from ui.run import events
from ui.run.engine import Engine
from ui.run.outputs import AT_ONCE, PRIVATE, Outputs, refusal, values_of


def build(engine: Engine, left: controls.Controls, out: Outputs, start: str) -> None:
    """The hidden part that opens links, and the news of the controls. `start`: the run on screen first."""
    opener = part("link", events=("restore",), elem_classes="tc-hidden")
    restored = left.fields(RESTORED)

    def restore(visit: list[str], event: gr.EventData) -> tuple[Any, ...]:
        try:
            screen, form, missing = link.opened(engine, news(event), events.seen(engine, visit), start)
        except Exception as error:
            answer = {"n": next_number(), "missing": True}
            return (*refusal(events.foreseen(error)), answer, *(unchanged() for _ in restored))
        run = screen.stored
        if run is None:
            raise AssertionError("an opened link shows a run")
        answer = {"n": next_number(), "missing": missing}
        values = controls.filled(form, threshold=link.slider(engine, run, form.threshold))
        return *values_of(screen, events.remembered(visit, run.run_id)), answer, *values

    outputs = [*out.all, opener, *restored.values()]
    opener.restore(restore, out.visit, outputs, **AT_ONCE)
    _follow(restored)


def _follow(restored: dict[str, Any]) -> None:
    """Tell the page what the controls hold, whenever one changes; the server is not asked."""
    names = " ".join(restored)
    parts = [part for name, part in restored.items() if name != "threshold"]  # the page knows that one
    gr.on(
        [part.change for part in parts],
        None,
        list(restored.values()),
        None,
        js=f"(...values) => {{ {scripts.call('setControls', repr(names), 'values')}; }}",
        **PRIVATE,
    )
