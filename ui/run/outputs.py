"""The parts of the page that a run fills, and how a screen becomes values for them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import gradio as gr

from ui.base.html_part import unchanged
from ui.base.numbering import next_number
from ui.run.engine import Screen
from ui.screen import columns
from ui.words.phrases import in_every_language

# Of every event of the page: no endpoint for programs, values as the page sent them (`ui.base.payload`), and
# answers as they are: Gradio would hand each part of one to a thread and back, and change nothing.
PRIVATE: dict[str, Any] = {"api_visibility": "private", "preprocess": False, "postprocess": False}
# Of those that only look: they wait for nobody, and nothing turns meanwhile.
AT_ONCE: dict[str, Any] = {"queue": False, "show_progress": "hidden", **PRIVATE}


@dataclass
class Outputs:
    """The components that a screen fills; values for them go by the same names."""

    board: gr.HTML
    player: gr.HTML
    table: gr.HTML
    rivals: gr.HTML
    run_id: gr.Textbox  # of the run on screen
    visit: gr.JSON  # ids of the runs that this visitor made or opened, oldest first
    notice: gr.HTML

    @property
    def all(self) -> list[gr.HTML | gr.Textbox | gr.JSON]:
        """As a list of outputs for an event."""
        return list(vars(self).values())


def values_of(screen: Screen, visit: list[str] | None = None) -> tuple[Any, ...]:
    """A screen as values of the outputs; parts without news are left alone."""
    run_id = screen.stored.run_id if screen.stored else None
    table = screen.table and columns.packed_table(screen.table)
    return _in_order(
        board=screen.board and columns.packed_board(screen.board),
        player=screen.player,
        table=table,
        rivals=screen.rivals,
        run_id=run_id,
        visit=visit,
        notice=notice(screen.problem) if screen.problem else all_well() if table else None,
    )


def refusal(error: Exception) -> tuple[Any, ...]:
    """Only a notice: the run on screen and every input stay as they are."""
    return _in_order(notice=notice(error))


def _in_order(**news: Any) -> tuple[Any, ...]:
    """Values for `Outputs.all`; what has no news, or None, is left alone."""
    values = (news.get(field.name) for field in fields(Outputs))
    return tuple(unchanged() if value is None else value for value in values)


def notice(error: Exception) -> dict[str, Any]:
    """A sentence shown for a while, and again in the line under the figures, in every language."""
    return {"n": next_number(), "error": in_every_language(error)}


def all_well() -> dict[str, Any]:
    """What was asked for is on screen: a notice of before no longer holds."""
    return {"n": next_number(), "error": None}
