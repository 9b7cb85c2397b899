"""The page: the parts laid out. What a part draws, and what happens on a click, is in the room of the part.

head
left column     threshold, dial, target, Run and Stop, recorded runs, estimate, fold of rules, prompt, model,
                in Simple quality against latency
right column    board (figures, in Simple the diagram, plot, steps), player and rivals, in Lab the diagram,
                polynomial, all rivals, signals, damage map, all schedules
hidden          table (the what-if), refit, notice: values without a place of their own
"""

from __future__ import annotations

from typing import Any

import gradio as gr

from teacache.models.catalog import CARDS
from ui.api import endpoints
from ui.base.html_part import part
from ui.controls import controls
from ui.gradio_glue.labels import Label, i18n_of
from ui.library.library import recorded_name
from ui.link import panel as link
from ui.run import events, model_choice
from ui.run.engine import Engine, Screen
from ui.run.outputs import Outputs
from ui.screen import columns
from ui.screen.shown import ShownRun
from ui.studies import panel as studies
from ui.takeaway import panel as takeaway
from ui.words.texts import all_texts, local, texts


def build(engine: Engine) -> gr.Blocks:
    """All of the page, with a recorded run on screen if there is one."""
    start = next(iter(engine.library.recorded), None)
    first = engine.shown(start, phase="recorded") if start else Screen()
    with gr.Blocks(
        title=texts("en")["title"],
        fill_width=True,
        delete_cache=(3600, 6 * 3600),
        analytics_enabled=False,
    ) as page:
        part("head", {"device": engine.models.hardware.word}, elem_id="tc-head")
        with gr.Row(elem_id="tc-page"):
            with gr.Column(elem_id="tc-left"):
                recorded: dict[str, gr.Button] = {}
                left = controls.build(
                    engine.models,
                    start,
                    engine.slider_end,
                    below_run=lambda: recorded.update(_recorded_buttons(engine)),
                    gallery=engine.options.gallery,
                )
                part("quality", elem_id="tc-quality")
                status = gr.HTML("", elem_id="tc-status", apply_default_css=False)
            with gr.Column(elem_id="tc-right"):
                components = _right(first)
                poly = part("polynomial", events=("refit", "use"), elem_id="tc-polynomial")
                jobs = studies.build_jobs()
        hidden: dict[str, Any] = {"elem_classes": "tc-hidden"}
        table = part("table", first.table and columns.packed_table(first.table), **hidden)
        fitted, notice = part("refit", **hidden), part("notice", **hidden)
        ids = [start.run_id] if start else []
        # The page keeps these, not the server: it may have been started again since, or have forgotten.
        run_id = gr.Textbox(ids[0] if ids else "", visible=False)
        visit = gr.JSON(ids, visible=False)
        out = Outputs(**components, table=table, run_id=run_id, visit=visit, notice=notice)
        events.wire_run(engine, left, out, status)
        events.wire_what_if(engine, left, out)
        events.wire_refit(engine, left, out, poly, fitted)
        events.wire_recorded(engine, left, out, recorded)
        model_choice.wire_choice(engine, left)
        takeaway.build(engine, left, out)
        studies.wire_jobs(engine, jobs, out)
        link.build(engine, left, out, start.run_id if start else "")
        endpoints.add(engine)
    return page


def _right(first: Screen) -> dict[str, Any]:
    """The parts that show a run."""
    board = part("board", first.board and columns.packed_board(first.board), elem_id="tc-board")
    with gr.Row(elem_id="tc-lower"):
        player = part("player", first.player, elem_id="tc-player")
        rivals = part("rivals", first.rivals, events=("third",), elem_id="tc-rivals")
    part("mechanism", elem_id="tc-mechanism")
    return {"board": board, "player": player, "rivals": rivals}


def _recorded_buttons(engine: Engine) -> dict[str, gr.Button]:
    """A button for each run that ships with the app; of several models those of one are seen at a time."""
    recorded = engine.library.recorded
    if len(recorded) < 2:
        return {}
    part("caption", {"text": "recorded_runs"}, elem_id="tc-recorded-caption")
    first = {run.request.model: run.run_id for run in reversed(recorded)}
    if len(first) > 1:
        models = dict.fromkeys(run.request.model for run in recorded)
        part(
            "worlds", {"worlds": [_world(engine, name, first[name]) for name in models]}, elem_id="tc-worlds"
        )
    with gr.Row(elem_id="tc-recorded"):
        return {
            run.run_id: gr.Button(
                _label(run),
                size="sm",
                min_width=60,
                elem_id=f"tc-run-{run.run_id}",
                elem_classes=[f"tc-of-{run.request.model}"]
                + ["tc-elsewhere"] * (run.request.model != recorded[0].request.model),
            )
            for run in recorded
        }


def _world(engine: Engine, model: str, run_id: str) -> dict[str, str]:
    """A model that comes with the app, and its first recorded run."""
    card = engine.models.cards.get(model) or CARDS[model]  # a run of one that is not offered has no other
    return {"model": model, "title": card.title, "run": run_id}


def _label(run: ShownRun) -> Label:
    """Name and measured speedup, as the figures and the list of runs have it; of a run that reused nothing
    the clock has no speedup to tell."""
    name = recorded_name(run.run_id)
    measured = None if run.speed is None else run.speed.believed
    speedup = "" if measured is None else f"{measured:.1f}×"
    reused = run.cached.computed_calls < len(run.cached.records)
    named = {
        language: " ".join(
            (words.get(f"recorded_{name}", name), local(speedup, words) if reused else words["none_short"])
        )
        for language, words in all_texts().items()
    }
    return i18n_of(f"run_{run.run_id}", named)
