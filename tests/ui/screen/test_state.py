"""What the page is told: complete, small, and never a second decision."""

from __future__ import annotations

import dataclasses
import json
import random

import pytest

from teacache.method.gate import Gate, Settings
from teacache.runs.fidelity import NO_PACKAGES
from teacache.study.replay import breakpoints, replay
from tests.runs import samples
from tests.ui.conftest import trace
from tests.ui.tables import row_for, unrolled
from ui.screen import same_cost_rows, state


def test_a_state_is_json_without_nan_and_says_everything():
    made = trace()
    told = state.board(
        run_id="r", phase="cached", settings=made.settings, steps=6, calls=6, cached=made.records
    )
    json.dumps(told, allow_nan=False)
    assert {len(column) for column in told["cached"].values()} == {6}
    assert told["cached"]["computed"] == [int(c) for c in made.schedule]


def test_states_are_numbered_so_that_equal_ones_differ():
    first, second = (
        state.board(run_id="r", phase="text", settings=Settings(threshold=0.1), steps=6, calls=6)
        for _ in range(2)
    )
    assert second["n"] > first["n"]


def test_two_branches_keep_their_lanes():
    made = trace()
    other = tuple(dataclasses.replace(r, branch="uncond") for r in made.records)
    told = state.board(
        run_id="r", phase="cached", settings=made.settings, steps=6, calls=12, cached=(*made.records, *other)
    )
    assert told["branches"] == ["batched", "uncond"]
    assert told["cached"]["branch"] == [0] * 6 + [1] * 6


def test_fifty_steps_stay_under_seven_kilobytes():
    made = trace([None] + [0.0123456789] * 49)
    told = state.board(
        run_id="r",
        phase="cached",
        settings=made.settings,
        steps=50,
        calls=50,
        uncached=made.records,
        cached=made.records,
    )
    assert len(json.dumps(told)) < 7_000


def test_the_table_holds_at_every_threshold_what_the_gate_decides():
    made = trace()
    table = state.what_if("r", made, highest=0.3)
    draw = random.Random(0)
    for _ in range(200):
        threshold = draw.uniform(1e-6, 0.3)
        decisions = replay(made, made.settings.replaced(threshold=threshold))
        row = row_for(table, threshold)
        assert row.schedule == "".join(str(int(d.computed)) for d in decisions)
        assert row.reasons == tuple(d.reason for d in decisions)


def test_the_table_gives_the_run_itself_at_its_own_threshold():
    made = trace()
    row = row_for(state.what_if("r", made, highest=0.3), made.settings.threshold)
    assert row.schedule == "".join(str(int(c)) for c in made.schedule)


def test_other_rules_give_another_table_with_its_own_estimates():
    made = trace()
    doubled = made.settings.replaced(coefficients=(2.0, 0.0), first_steps=3)
    table = state.what_if("r", made, doubled, highest=0.3)
    assert table["est"][1] == pytest.approx(0.1)
    assert {row.schedule[:3] for row in unrolled(table)} == {"111"}
    said = {"threshold": 0.08, "naive": False, "planned": None, "first": 3, "last": 1, "max": 0}
    assert table["controls"] == said


def test_a_table_asks_for_no_decision_beyond_those_of_the_breakpoints(monkeypatch):
    made, asked, decide = trace([None, *(0.01 + i % 7 / 100 for i in range(60))]), [], Gate.decide
    monkeypatch.setattr(Gate, "decide", lambda gate, **call: asked.append(1) or decide(gate, **call))
    breakpoints(made, made.settings, 0.3)
    alone = len(asked)
    state.what_if("r", made, highest=0.3)
    assert len(asked) == 2 * alone


def test_every_transformer_is_estimated_by_its_own_polynomial():
    made = trace()
    high, low = (
        dataclasses.replace(r, transformer=name) for r, name in zip(made.records[1:3], "ab", strict=True)
    )
    both = dataclasses.replace(made, experts={"b": Settings(threshold=0.1, coefficients=(3.0, 0.0))})
    both = both.with_records((made.records[0], high, low))
    assert state.estimates(both, both.settings) == pytest.approx([None, 0.05, 0.06])


def test_replayed_tells_schedule_and_speedup():
    made = trace()
    told = state.replayed(made, made.settings)
    assert tuple(told["schedule"]) == made.schedule
    assert told["ideal_speedup"] == pytest.approx(made.ideal_speedup, rel=1e-3)
    assert told["exactness"] == "approximate"


def rival_with(name, psnr):
    found = samples.rival(name)
    return dataclasses.replace(found, fidelity=dataclasses.replace(found.fidelity, psnr=psnr))


@pytest.mark.parametrize(
    "uniform, fewer, closest",
    [
        (29.0, 28.0, ["teacache"]),
        (29.0, 33.0, ["fewer_steps"]),
        (33.0, 29.0, ["uniform"]),
        (30.0, 29.0, ["teacache", "uniform"]),
        (33.0, 33.05, ["uniform", "fewer_steps"]),  # a tie, and TeaCache has no part in it
        (30.0, 30.0, ["teacache", "uniform", "fewer_steps"]),
    ],
)
def test_the_verdict_follows_the_figures_whoever_wins(uniform, fewer, closest):
    run = samples.comparison()  # TeaCache at 30 dB
    found = [rival_with("uniform", uniform), rival_with("fewer_steps", fewer)]
    assert same_cost_rows.rivals("r", run, found)["closest"] == closest


def test_there_is_no_verdict_before_all_have_run():
    run = samples.comparison()
    assert same_cost_rows.rivals("r", run, [rival_with("uniform", 20.0)])["closest"] == []
    assert same_cost_rows.rivals("r", run, [], busy=True)["closest"] == []


def test_lpips_is_a_figure_or_its_reason_in_every_language():
    made = samples.comparison()
    without = dataclasses.replace(made.fidelity, lpips_reason=str(NO_PACKAGES))  # as a file has it
    told = state.figures(dataclasses.replace(made, fidelity=without))
    assert told["lpips"] is None and "is not measured on this server" in told["lpipsReason"]["en"]
    assert len(set(told["lpipsReason"].values())) == 3
    known = dataclasses.replace(made.fidelity, lpips=0.0123, lpips_reason="")
    told = state.figures(dataclasses.replace(made, fidelity=known))
    assert told["lpips"] == 0.0123 and told["lpipsReason"] is None
