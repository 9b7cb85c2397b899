"""What travels: nothing lost, and little for each new call."""

from __future__ import annotations

import json

from tests.ui.conftest import trace
from ui.screen import columns, state


def board(calls: int) -> dict:
    made = trace()
    return state.board(
        run_id="r", phase="cached", settings=made.settings, steps=6, calls=6, cached=made.records[:calls]
    )


def test_columns_become_words_and_nothing_is_lost():
    plain = board(6)
    packed = columns.packed_board(plain)["cached"]
    assert packed["computed"] == " ".join(str(int(c)) for c in trace().schedule)
    assert [None if word == "-" else float(word) for word in packed["est"].split(" ")] == plain["cached"][
        "est"
    ]
    assert packed["reason"].split(" ") == plain["cached"]["reason"]


def test_a_column_only_grows_so_that_only_its_end_is_sent():
    before, after = (columns.packed_board(board(n))["cached"] for n in (3, 4))
    assert all(after[name].startswith(before[name]) for name in before)


def test_no_calls_are_empty_strings():
    assert set(columns.packed_board(board(0))["cached"].values()) == {""}


def test_a_table_travels_whole():
    table = state.what_if("r", trace(), highest=0.3)
    assert json.loads(columns.packed_table(table)["json"]) == table
