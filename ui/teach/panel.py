"""Lays out what teaches and wires it: what is computed on request, and the link that was opened."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from itertools import count
from typing import Any

import gradio as gr

from ui import controls, events, scripts
from ui.form import RESTORED
from ui.live import Engine
from ui.outputs import AT_ONCE, PRIVATE, Outputs, notice, refusal, values_of
from ui.parts import part
from ui.teach import damage, everything, link, rivals, signals

_numbers = count(1)
States = Callable[[Engine, Any, Any], Generator[dict[str, Any], None, None]]
_JOBS: dict[str, States] = {  # by part; each takes what the browser sent
    "rivals_all": lambda engine, run, asked: rivals.states(engine, run, asked.get("names", [])),
    "signals": lambda engine, run, asked: signals.states(engine, run, asked.get("computed")),
    "damage": lambda engine, run, asked: damage.states(engine, run),
    "everything": lambda engine, run, asked: everything.states(engine, run, asked),
}


def build(engine: Engine, left: controls.Controls, out: Outputs, start: str) -> None:
    """The hidden part that opens links, and the news of the controls. `start`: the run on screen first."""
    opener = part("link", events=("restore",), elem_classes="tc-hidden")
    restored = left.fields(RESTORED)

    def restore(visit: list[str], event: gr.EventData) -> tuple:
        try:
            screen, form, missing = link.opened(engine, event._data, events.seen(engine, visit), start)
        except Exception as error:
            answer = {"n": next(_numbers), "missing": True}
            return (*refusal(events.foreseen(error)), answer, *(gr.skip() for _ in restored))
        run = screen.stored
        if run is None:
            raise AssertionError("an opened link shows a run")
        answer = {"n": next(_numbers), "missing": missing}
        values = controls.filled(form, threshold=link.slider(engine, run, form.threshold))
        return *values_of(screen, events.remembered(visit, run.run_id)), answer, *values

    outputs = [*out.all, opener, *restored.values()]
    opener.restore(restore, out.visit, outputs, show_progress="hidden", **AT_ONCE)
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


def _wire(engine: Engine, shown: Any, out: Outputs, states_of: States) -> None:
    """Compute on request, one at a time with the runs; cancel stops before the next call."""

    def compute(event: gr.EventData) -> Iterator[tuple]:
        try:
            run = engine.library.load(event._data.get("run", ""))
            with closing(states_of(engine, run, event._data)) as states:
                for state in states:
                    yield (state or gr.skip()), gr.skip()
        except Exception as error:
            yield gr.skip(), notice(events.foreseen(error))

    running = shown.compute(
        compute, None, [shown, out.notice], show_progress="hidden", **events.MODEL, **PRIVATE
    )
    shown.cancel(None, None, None, cancels=[running], queue=False, **PRIVATE)
