"""Lays out and wires what is computed about a run on request: one at a time with the runs."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from typing import Any

import gradio as gr

from ui.base.html_part import part, unchanged
from ui.gradio_glue.news import news
from ui.run import events
from ui.run.engine import Engine
from ui.run.outputs import PRIVATE, Outputs, notice
from ui.studies import damage, everything, rivals, signals

States = Callable[[Engine, Any, Any], Generator[dict[str, Any], None, None]]
_JOBS: dict[str, States] = {  # by part; each takes what the browser sent
    "rivals_all": lambda engine, run, choice: rivals.states(engine, run, choice.get("names", [])),
    "signals": lambda engine, run, choice: signals.states(engine, run, choice.get("computed")),
    "damage": lambda engine, run, choice: damage.states(engine, run),
    "everything": lambda engine, run, choice: everything.states(engine, run, choice),
}


def build_jobs() -> dict[str, Any]:
    """The parts that compute something about a run on request, in the page's order."""
    return {
        name: part(name, events=("compute", "cancel"), elem_id="tc-" + name.replace("_", "-"))
        for name in _JOBS
    }


def wire_jobs(engine: Engine, parts: dict[str, Any], out: Outputs) -> None:
    """What is computed about a run on request."""
    for name, states_of in _JOBS.items():
        _wire(engine, parts[name], out, states_of)


def _wire(engine: Engine, component: Any, out: Outputs, states_of: States) -> None:
    """Compute on request, one at a time with the runs; cancel stops before the next call."""

    def compute(event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        try:
            choice = news(event)
            run = engine.library.load(choice.get("run", ""))
            with closing(states_of(engine, run, choice)) as states:
                for state in states:
                    yield (state or unchanged()), unchanged()
        except Exception as error:
            yield unchanged(), notice(events.foreseen(error))

    running = component.compute(
        compute, None, [component, out.notice], show_progress="hidden", **events.MODEL, **PRIVATE
    )
    component.cancel(None, None, None, cancels=[running], queue=False, **PRIVATE)
