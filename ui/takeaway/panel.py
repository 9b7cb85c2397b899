"""The lower part of the page: the history of the visitor's runs, and what can be taken away."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ui import controls, events, player, state
from ui.live import Engine, Screen
from ui.outputs import AT_ONCE, Outputs, refusal, values_of
from ui.parts import part
from ui.takeaway.report import board
from ui.takeaway.uploads import UploadedRun


def build(engine: Engine, left: controls.Controls, out: Outputs) -> None:
    """Lay both parts out and wire them to the rest of the page."""
    with gr.Row(elem_id="tc-takeaway"):
        history = part("history", events=("restore",), elem_id="tc-history")
        downloads = part("downloads", events=("restore",), elem_id="tc-downloads")
    restored = left.restored

    def restore(visit: list[str], event: gr.EventData) -> tuple:
        try:
            run = engine.library.load(event._data.get("id", ""))
            shown = screen(engine, run, events.seen(engine, visit))
        except Exception as error:
            return (*refusal(events.foreseen(error)), *(gr.skip() for _ in restored))
        card = getattr(run, "card", None) or engine.models.cards.get(run.request.model)
        filled = controls.start_values(card, run) | {"threshold": _slider(engine, run)}
        if run.request.model not in engine.models.cards:
            filled["model"] = gr.skip()  # an uploaded trace may be of any model
        return (*values_of(shown, events.remembered(visit, run.run_id)), *(filled[name] for name in restored))

    for source in (history, downloads):
        source.restore(restore, out.visit, [*out.all, *restored.values()], show_progress="hidden", **AT_ONCE)


def screen(engine: Engine, run: Any, others: list[Any]) -> Screen:
    """The page for a run of the history, or for an uploaded trace, which has no videos."""
    if not isinstance(run, UploadedRun):
        phase = "recorded" if engine.library.is_recorded(run.run_id) else "done"
        return engine.shown(run, phase=phase, others=others)
    return Screen(
        board=board(run, "uploaded"),
        player=player.without(run.run_id, "no_video_upload"),
        table=engine.table(run, others=others),
        rivals=state.no_rivals(wanted=False) | {"uploaded": True},
        stored=run,
    )


def _slider(engine: Engine, run: Any) -> Any:
    """The threshold slider, as far as this run's thresholds reach."""
    end = getattr(run, "threshold_end", None) or max(engine.slider_end, run.cached.settings.threshold)
    return gr.update(value=run.cached.settings.threshold, maximum=end)
