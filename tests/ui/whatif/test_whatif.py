"""The table that the page looks up, and the panel that comes with it, against the study that made them."""

from __future__ import annotations

import dataclasses
import gzip
import json

import pytest

from teacache.errors import RequestError
from teacache.method.gate import Settings
from teacache.models.catalog import CARDS
from teacache.runs.latest import Latest
from teacache.study.replay import replay
from tests.ui.conftest import trace
from tests.ui.tables import unrolled
from ui.library.library import RECORDED, Library
from ui.screen import state
from ui.whatif import polynomial, whatif


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    return Library(tmp_path_factory.mktemp("made"), RECORDED, first="shapes").recorded


def alike(runs):
    """The runs that share steps, guidance and rules with the first; the others were recorded to differ."""

    def kind(run):
        cached = run.cached
        return cached.steps, cached.guidance_scale, cached.settings.coefficients

    same = [run for run in runs if kind(run) == kind(runs[0])]
    assert 1 < len(same) < len(runs)
    return same


def test_every_row_has_a_short_threshold_that_gives_its_schedule(runs):
    run = runs[0]
    made = whatif.table(run, highest=0.9)
    for row in unrolled(made)[::7]:
        decisions = replay(run.cached, run.cached.settings.replaced(threshold=row.short))
        assert "".join(str(int(d.computed)) for d in decisions) == row.schedule
        assert tuple(d.reason for d in decisions) == row.reasons


def test_a_table_is_plain_json_and_stays_small(runs):
    sent = json.dumps(whatif.table(runs[0], highest=0.9), allow_nan=False).encode()
    assert len(sent) < 55_000 and len(gzip.compress(sent)) < 14_000  # sums and reasons included


def test_it_is_made_once_for_all_thresholds_but_told_anew(runs, monkeypatch):
    first = whatif.table(runs[0], highest=0.9)
    monkeypatch.setattr(whatif, "_made", lambda *_: pytest.fail("made twice"))
    again = whatif.table(runs[0], runs[0].cached.settings.replaced(threshold=0.5), highest=0.9)
    assert again["rows"] is first["rows"] and again["n"] > first["n"]
    assert again["rules"] == first["rules"] and again["controls"]["threshold"] == 0.5


def test_only_so_many_are_kept(runs, monkeypatch):
    monkeypatch.setattr(whatif, "_tables", Latest(2))
    for steps in range(1, 6):
        whatif.table(runs[0], Settings(threshold=0.1, first_steps=steps), highest=0.9)
    assert len(whatif._tables) == 2


@pytest.mark.parametrize("signal", ["embedding", "latent"])
def test_another_signal_has_rules_of_its_own(runs, signal):
    made = whatif.table(runs[0], signal=signal, highest=0.9)
    assert made["rules"] != state.rules(runs[0].cached.settings)
    assert made["exact"] == (signal == "embedding")
    assert made["panel"]["pearson"] != whatif.table(runs[0], highest=0.9)["panel"]["pearson"]


def test_a_run_and_its_own_table_have_the_same_rules(runs):
    for run in runs:
        assert state.stored_board(run, phase="done")["rules"] == whatif.table(run, highest=0.9)["rules"]


def test_thresholds_for_a_fidelity_come_from_runs_with_the_same_rules(runs):
    made = whatif.table(runs[0], highest=0.9, others=runs)["fidelity"]
    assert made["runs"] == len(alike(runs))
    known = dict(made["targets"])
    assert known[20] > known[40] > 0
    unmade = Settings(threshold=0.1, max_reuses=1)
    nothing = whatif.table(runs[0], unmade, highest=0.9, others=runs)["fidelity"]
    assert nothing["runs"] == 0 and set(dict(nothing["targets"]).values()) == {None}


def test_the_panel_says_what_the_polynomial_explains(runs):
    made = whatif.table(runs[0], highest=0.9)["panel"]
    assert len(made["pairs"]) == 49 and 0 < made["r2"] <= 1
    assert made["fitted"]["prompts"] > 1 and made["fitted"]["steps"] == 50 and made["negative"] == []
    naive = whatif.table(runs[0], Settings(threshold=0.1), highest=0.9)["panel"]
    assert naive["naive"] and naive["fitted"] is None and naive["range"] is None


def test_a_what_if_says_what_was_compared_and_what_a_run_would_compare(runs):
    told = whatif.table(runs[0], highest=0.9)["stands"]
    assert told == {"variant": "default", "asked": "default", "held": True, "latentFree": False}
    asked = runs[0].cached.settings.replaced(variant="authors")
    told = whatif.table(runs[0], asked, card=CARDS["shapes"], highest=0.9)["stands"]
    assert told["asked"] == "authors" and told["held"]  # of this class it is another name of the same


@pytest.mark.parametrize("rules", [{"mode": "authors_retention"}, {"mode": "default"}])
def test_of_rules_that_compare_what_was_not_recorded_nothing_is_foretold(runs, rules):
    (run,) = (run for run in runs if run.run_id == "scenes-1-faithful")
    card = CARDS["scenes"]
    table = whatif.table(run, card.settings(**rules), card=card, highest=0.9)
    own = whatif.table(run, card=card, highest=0.9)
    assert table["stands"] == {**own["stands"], "asked": rules["mode"], "held": False}
    assert table["rows"] == own["rows"] and table["rules"] == own["rules"]
    assert own["stands"]["held"] and own["exact"]


@pytest.mark.parametrize("run_id", ["scenes-1-faithful", "scenes-5-retention"])
def test_what_is_called_exact_is_what_a_recorded_run_did_at_those_rules(runs, run_id):
    """Without the polynomial it is the same signal, so that a run can be foretold from another one."""
    (run,) = (run for run in runs if run.run_id == run_id)
    card, made = CARDS["scenes"], [other for other in runs if other.request.model == "scenes"]
    foretold = 0
    for other in made:
        settings = other.cached.settings
        table = whatif.table(run, settings, card=card, highest=0.9)
        if table["stands"]["held"] and table["exact"] and other.cached.steps == run.cached.steps:
            decided = replay(run.cached, settings)
            assert [d.computed for d in decided] == [r.computed for r in other.cached.records], other.run_id
            foretold += 1
    assert foretold >= 1 + 3 * (run_id == "scenes-1-faithful")


def test_a_trace_without_an_uncached_run_is_judged_by_its_own_computed_calls(runs):
    run = runs[0]
    alone = dataclasses.replace(run, uncached=run.uncached.with_records(()))
    made = polynomial.panel(alone, run.cached.settings, "indicator")
    exact = [r for r in run.cached.records if r.output_distance_exact and r.indicator_distance is not None]
    assert 0 < len(made["pairs"]) == len(exact) < 49


def test_a_fit_to_two_changes_says_nothing_instead_of_a_number(runs):
    run = runs[0]
    few = dataclasses.replace(run, uncached=run.uncached.with_records(run.uncached.records[:3]))
    made = polynomial.panel(few, run.cached.settings, "indicator")
    assert len(made["pairs"]) == 2 and made["r2"] is None and made["pearson"] is None


def test_a_refit_explains_at_least_as_much_on_the_same_pairs(runs):
    settings = runs[0].cached.settings
    made = polynomial.refit(runs[0], runs, settings)
    ours = [run for run in runs if run.request.model == runs[0].request.model]
    fitting = [run for run in ours if run.uncached.steps == 50 and run.uncached.guidance_scale == 3.0]
    assert made["runs"] == len({(run.uncached.prompt, run.uncached.seed) for run in fitting}) < len(runs)
    assert made["new"]["r2"] >= made["old"]["r2"] - 1e-3
    assert made["new"]["threshold"] > 0


def test_a_refit_takes_each_uncached_run_once_and_only_alike_ones(runs):
    other = dataclasses.replace(runs[0], uncached=dataclasses.replace(runs[0].uncached, steps=49))
    twice = polynomial.refit(runs[0], [runs[0], runs[0], other], runs[0].cached.settings)
    assert twice["runs"] == 1 and twice["pairs"] == 49


def test_a_refit_without_pairs_is_refused(library):
    short = library.recorded[0]
    with pytest.raises(RequestError):
        polynomial.refit(short, [short], Settings(threshold=0.1))


def test_rules_are_named_by_all_that_decides_but_the_threshold():
    settings = trace().settings
    name = state.rules(settings)
    assert state.rules(settings.replaced(threshold=0.7)) == name
    changes = ({"max_reuses": 2}, {"negative": "abs"}, {"coefficients": (2.0, 0.0)}, {"last_steps": 0})
    assert len({name, *(state.rules(settings.replaced(**change)) for change in changes)}) == 5
