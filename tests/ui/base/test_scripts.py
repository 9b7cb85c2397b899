"""What both sides know, against the library's own names; and the shapes that scripts declare of states."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from teacache.method.gate import Reason
from ui.base import constants, declared, scripts
from ui.history import history
from ui.screen import facts, state
from ui.whatif import whatif

TYPES = "\n".join(path.read_text(encoding="utf-8") for path in sorted(scripts.UI.glob("*/types.d.ts")))


def fields_of(name: str) -> set[str]:
    """The fields of an interface of the rooms' types.d.ts, with those that it takes over from others."""
    head, body = re.search(rf"^export interface {name}\b([^{{]*)\{{\n(.*?)^\}}", TYPES, re.M | re.S).groups()
    taken = re.findall(r"\w+", head.partition("extends")[2])
    own = set(re.findall(r"^  (\w+)\??:", body, re.M))
    return own.union(*map(fields_of, taken))


@pytest.fixture
def run(library):
    return library.load("1-sample")


def test_every_reason_has_one_kind_at_most_and_is_a_reason():
    named = [*constants.WEIGHED, *constants.BY_RULE]
    assert len(named) == len(set(named)) and set(named) <= set(get_args(Reason))


def test_every_phase_is_one():
    kinds = constants.as_json()["phases"].values()
    assert {phase for kind in kinds for phase in kind} <= set(constants.PHASES)


def test_what_both_sides_know_is_declared_as_python_sends_it():
    """Out of date? `python -m ui.base.declared` writes it again."""
    text = declared.PATH.read_text(encoding="utf-8")
    assert text == declared.declaration()
    assert set(re.findall(r"^  (\w+):", text, re.M)) == set(scripts.shared())


def test_the_scripts_declare_a_run_as_it_is_sent(run):
    board = state.stored_board(run, phase="recorded")
    assert fields_of("Run") == set(board)
    assert fields_of("Columns") == set(board["cached"])
    assert fields_of("Controls") == set(board["controls"])
    assert fields_of("About") == set(board["about"])
    assert fields_of("Figures") == set(board["figures"])


def test_the_scripts_declare_a_table_as_it_is_sent(run):
    table = whatif.table(run, highest=1.0)
    assert fields_of("Table") == set(table)
    assert fields_of("Panel") == set(table["panel"])
    assert fields_of("Ground") == set(table["stands"])


def test_the_scripts_declare_what_else_is_told_of_a_run(library, run):
    assert fields_of("Summary") == set(history.summary(run))
    assert fields_of("Facts") == set(facts.facts(library, run.run_id))


def test_scripts_are_served_line_for_line_as_they_are_written_but_for_comments():
    for path, text in scripts.tree().items():
        served, written = scripts.bare(text).split("\n"), text.split("\n")
        assert len(served) == len(written), path
        gone = [i for i, line in enumerate(served) if line != written[i]]
        assert all(not served[i] and re.match(r"\s*(//|/\*|\*)", written[i]) for i in gone), path
        # Nothing that only looks like a comment: within a text of several lines.
        ticks = [re.sub(r"//.*", "", line).count("`") for line in served]
        assert all(sum(ticks[:i]) % 2 == 0 for i in gone), path
