"""How states travel to the browser: long columns as strings, which are read again in ui/screen/schedule.js.

Gradio's front end copies every number of a list several times per message (measured: 17 ms for a run of 200
steps), a string once; and of a string that grew, only the new end is sent.
"""

from __future__ import annotations

import json
from typing import Any

_MISSING = "-"


def packed_board(board: dict[str, Any]) -> dict[str, Any]:
    """A board with its columns as words between spaces; `-` where there is no number."""
    return board | {name: _columns(board[name]) for name in ("uncached", "cached")}


def packed_table(table: dict[str, Any]) -> dict[str, Any]:
    """A what-if table as one string, since it is read whole or not at all."""
    return {"n": table["n"], "json": json.dumps(table, separators=(",", ":"))}


def _columns(columns: dict[str, list[Any]]) -> dict[str, str]:
    return {
        name: " ".join(_MISSING if v is None else str(v) for v in values) for name, values in columns.items()
    }
