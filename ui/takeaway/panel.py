"""The lower part of the page: the history of the visitor's runs, and what can be taken away."""

from __future__ import annotations

from typing import Any

import gradio as gr

from teacache.runs.stored import StoredRun
from ui.base.html_part import part, unchanged
from ui.controls import controls
from ui.controls.form import RESTORED
from ui.gradio_glue.news import news
from ui.library.uploaded import UploadedRun
from ui.player import player
from ui.run import events
from ui.run.engine import Engine, Screen
from ui.run.outputs import AT_ONCE, Outputs, refusal, values_of
from ui.screen.same_cost_rows import no_rivals
from ui.screen.shown import ShownRun
from ui.takeaway.report import board


def build(engine: Engine, left: controls.Controls, out: Outputs) -> None:
    """Lay both parts out and wire them to the rest of the page."""
    with gr.Row(elem_id="tc-takeaway"):
        history = part("history", events=("restore",), elem_id="tc-history")
        downloads = part("downloads", events=("restore",), elem_id="tc-downloads")
    restored = left.fields(RESTORED)

    def restore(visit: list[str], event: gr.EventData) -> tuple[Any, ...]:
        try:
            run = engine.library.load(news(event).get("id", ""))
            state = screen(engine, run, events.seen(engine, visit))
        except Exception as error:
            return (*refusal(events.foreseen(error)), *(unchanged() for _ in restored))
        form = controls.start_form(engine.card_of(run), run)
        instead = {"threshold": gr.update(value=form.threshold, maximum=engine.reach(run))}
        if form.model not in engine.models.cards:
            instead["model"] = unchanged()  # an uploaded trace may be of any model
        values = controls.filled(form, **instead)
        return *values_of(state, events.remembered(visit, run.run_id)), *values

    for source in (history, downloads):
        source.restore(restore, out.visit, [*out.all, *restored.values()], **AT_ONCE)


def screen(engine: Engine, run: StoredRun | UploadedRun, others: list[ShownRun]) -> Screen:
    """The page for a run of the history, or for an uploaded trace, which has no videos."""
    if not isinstance(run, UploadedRun):
        phase = "recorded" if engine.library.is_recorded(run.run_id) else "done"
        return engine.shown(run, phase=phase, others=others)
    return Screen(
        board=board(run, "uploaded"),
        player=player.without(run.run_id, "no_video_upload"),
        table=engine.table(run, others=others),
        rivals=no_rivals(wanted=False) | {"uploaded": True},
        stored=run,
    )
