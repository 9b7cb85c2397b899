"""A probed run, wherever its seconds would be shown: they are no timing of TeaCache."""

from __future__ import annotations

import pytest

from tests.runs import samples
from tests.runs.test_probed import probed
from ui.history import history
from ui.player import player
from ui.screen import facts, same_cost_rows, state
from ui.takeaway import report


@pytest.fixture
def run(library):
    library.made.save(probed())
    return library.made.add_rivals("probed", (samples.rival(),))


def test_the_page_shows_no_speedup_and_knows_why(run):
    told = state.stored_board(run, phase="done")["figures"]
    assert told["probed"] and told["measured"] is told["cachedSeconds"] is None
    assert told["uncachedSeconds"] == 4.0 and told["ideal"] > 1
    assert not state.figures(samples.comparison())["probed"]


def test_the_players_names_the_rivals_and_the_history_leave_its_seconds_out(run):
    assert player.finished(run)["labels"] == {"uncached": 4.0, "cached": None}
    assert [row["seconds"] for row in same_cost_rows.rivals("probed", run, run.rivals)["rows"]] == [None, 0.3]
    told = history.summary(run)
    assert told["measured"] is told["seconds"] is None and told["psnr"] == 30.0


def test_the_report_says_that_it_was_not_timed(run):
    assert "probed: not timed" in report.page(run, "en")
    assert "mit Probe: nicht gemessen" in report.page(run, "de")


def test_the_cost_of_a_call_is_not_told_either(run, library):
    told = facts.facts(library, "probed")
    assert told["computedSeconds"] is told["reusedSeconds"] is None
