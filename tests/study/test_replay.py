"""A replay is the run decided again: it agrees with the record and, at all thresholds, with `breakpoints`."""

import math
import random
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from teacache.errors import RequestError
from teacache.method.gate import Gate
from teacache.method.settings import Settings
from teacache.method.trace import Trace
from teacache.study.replay import breakpoints, exactness, replay, threshold_for_speedup, tidy
from tests.study.traces import DISTANCES, SETTINGS, recorded, traces

EXAMPLES = examples(max_examples=60, deadline=None, derandomize=True)


@EXAMPLES
@given(traces())
def test_at_its_own_settings_a_replay_is_what_the_gates_decided(trace):
    for record, decision in zip(trace.records, replay(trace, trace.settings), strict=True):
        assert (record.computed, record.reason) == (decision.computed, decision.reason)
        assert record.accumulated_distance == decision.accumulated


@EXAMPLES
@given(traces(), SETTINGS, st.lists(st.floats(math.ulp(0.0), 100), max_size=10))
def test_breakpoints_give_what_a_replay_gives_at_any_threshold(trace, what_if, anywhere):
    points = breakpoints(trace, what_if)
    highs = [p.high for p in points[:-1]]
    edges = [*highs, *(math.nextafter(high, math.inf) for high in highs)]
    for threshold in [math.ulp(0.0), *edges, *anywhere]:
        holding = [p for p in points if p.low < threshold <= p.high]
        assert len(holding) == 1
        again = replay(trace, what_if.replaced(threshold=threshold))
        assert holding[0].schedule == tuple(d.computed for d in again)
        for told, decision in zip(holding[0].reasons, again, strict=True):
            assert told == decision.reason or (told, decision.reason) == ("max_reuses", "threshold")
    for point in points[:-1]:
        again = replay(trace, what_if.replaced(threshold=point.high))
        assert point.reasons == tuple(d.reason for d in again)


@EXAMPLES
@given(traces(), SETTINGS)
def test_breakpoints_follow_each_other_and_always_differ(trace, what_if):
    points = breakpoints(trace, what_if)
    assert points[0].low == 0 and points[-1].high == math.inf
    for before, after in zip(points, points[1:], strict=False):
        assert before.high == after.low
        pairs = enumerate(zip(before.schedule, after.schedule, strict=True))
        assert after.changes == tuple(call for call, (old, new) in pairs if old != new) != ()
    assert points[0].changes == tuple(i for i, computed in enumerate(points[0].schedule) if not computed)
    for point in points:
        assert point.computed == sum(point.schedule)
        assert point.ideal_speedup == len(point.schedule) / point.computed


def test_a_baseline_can_be_replayed_with_any_settings():
    trace = recorded({"cond": [0.1] * 6, "uncond": [0.1] * 6}, Settings(threshold=0))
    assert {record.reason for record in trace.records} == {"off"}
    again = replay(trace, Settings(threshold=0.25))
    assert [d.reason for d in again[:4]] == ["first", "first", "below_threshold", "below_threshold"]
    assert [d.reason for d in again[-2:]] == ["last", "last"]


def test_a_branch_that_starts_late_is_computed_first():
    trace = recorded({"cond": [0.1] * 4, "uncond": [0.1] * 4}, Settings(threshold=0))
    late = trace.with_records(tuple(r for r in trace.records if r.branch == "cond" or r.step >= 2))
    decisions = replay(late, Settings(threshold=9.0))
    again = {(r.branch, r.step): d for r, d in zip(late.records, decisions, strict=True)}
    assert again["uncond", 2].reason == "no_residual"
    assert not again["cond", 2].computed


def test_a_fixed_schedule_is_followed_and_has_one_interval():
    trace = recorded({"batched": [0.1] * 5}, Settings(threshold=0.3))
    settings = Settings(threshold=0.3, schedule=(True, False, True, False, True))
    assert tuple(d.computed for d in replay(trace, settings)) == settings.schedule
    (only,) = breakpoints(trace, settings)
    assert (only.low, only.high, only.schedule) == (0, math.inf, settings.schedule)
    assert {d.reason for d in replay(trace, settings.replaced(threshold=0))} == {"off"}


def test_a_negative_sum_is_reused_at_every_positive_threshold():
    trace = recorded({"batched": [0.1] * 8}, Settings(threshold=0))
    first = breakpoints(trace, Settings(threshold=1, coefficients=(-0.5,)))[0]
    assert first.schedule == (True, *[False] * 6, True) and first.high == math.inf


def test_an_empty_trace_has_no_schedules():
    assert breakpoints(Trace(settings=Settings(threshold=0.1)), Settings(threshold=0.1)) == ()


def test_a_speedup_is_turned_into_the_smallest_threshold_that_reaches_it():
    trace = recorded({"batched": [0.1 + 0.01 * (i % 7) for i in range(50)]}, Settings(threshold=0))
    settings = Settings(threshold=0.1)
    for speedup in (1.2, 1.5, 2.0, 3.0, 5.0):
        threshold = threshold_for_speedup(trace, speedup, settings)
        computed = sum(d.computed for d in replay(trace, settings.replaced(threshold=threshold)))
        assert 50 / computed >= speedup
        below = [p for p in breakpoints(trace, settings) if p.high < threshold]
        assert all(p.ideal_speedup < speedup for p in below)
    assert threshold_for_speedup(trace, 1.0, settings) == 0


@pytest.mark.parametrize("speedup", [0.0, -2.0, math.nan])
def test_a_speedup_that_is_none_is_refused(speedup):
    with pytest.raises(RequestError, match=f"The speedup is {speedup:g}"):
        threshold_for_speedup(recorded({"batched": [0.1] * 9}, Settings(threshold=0.1)), speedup)


def test_a_speedup_out_of_reach_is_refused_with_the_best_there_is():
    trace = recorded({"batched": [0.1] * 10}, Settings(threshold=0.1))
    with pytest.raises(RequestError, match="ask for 5 or less"):
        threshold_for_speedup(trace, 9.0)


@pytest.mark.parametrize(
    "low, high, short",
    [(0.0, 1.0, 0.5), (0.12, 0.14, 0.13), (0.1234, 0.1235, 0.12345), (0.2, math.inf, 0.25)],
)
def test_a_tidy_number_lies_in_its_interval(low, high, short):
    assert tidy(low, high) == pytest.approx(short, rel=0.3)
    assert low < tidy(low, high) <= high


def test_a_tidy_number_exists_between_neighbours():
    low = 0.1
    assert tidy(low, math.nextafter(low, 1)) == math.nextafter(low, 1)


def test_exactness_is_a_property_of_the_indicator():
    assert exactness(Trace(settings=Settings(threshold=0), latent_free=True)) == "exact"
    assert exactness(Trace(settings=Settings(threshold=0))) == "approximate"


@EXAMPLES
@given(traces(), SETTINGS, st.floats(0.001, 1))
def test_a_limit_ends_any_list_at_the_interval_that_holds_it(trace, what_if, limit):
    everything = breakpoints(trace, what_if)
    some = breakpoints(trace, what_if, max_threshold=limit)
    assert some == everything[: len(some)] and some[-1].low < limit <= some[-1].high


@pytest.mark.parametrize("calls", [100, 500])
def test_all_schedules_take_a_small_part_of_the_decisions_that_replaying_each_would(calls, monkeypatch):
    rng = random.Random(0)
    trace = recorded({"batched": [0.02 + 0.1 * rng.random() for _ in range(calls)]}, Settings(threshold=0))
    settings = Settings(threshold=0.1, coefficients=(1.0, 2.0, 3.0, 1.0, 0.01))
    asked, decide = [], Gate.decide
    monkeypatch.setattr(Gate, "decide", lambda gate, **call: asked.append(1) or decide(gate, **call))
    found = len(breakpoints(trace, settings))
    assert found > calls
    assert len(asked) < found * calls / 10 and len(asked) <= calls * (calls + 1) / 2


def test_a_replay_needs_no_torch():
    code = "import sys, teacache.study.replay; assert not {'torch', 'diffusers', 'numpy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_replay_is_the_function_also_after_its_module_was_imported():
    import teacache.study.replay  # noqa: F401
    from teacache.study import replay as public

    assert callable(public)


def in_two_runs(trace):
    """The same calls twice, as a clip of two segments."""
    calls, steps = len(trace.records), trace.steps
    again = tuple(replace(r, run=1, call=r.call + calls, step=r.step + steps) for r in trace.records)
    return replace(trace, steps=2 * steps, run_steps=(steps, steps), records=trace.records + again)


@EXAMPLES
@given(SETTINGS, st.lists(DISTANCES, min_size=2, max_size=11))
def test_the_runs_of_a_clip_are_replayed_apart(what_if, distances):
    trace = recorded({"cond": [None, *distances]}, what_if)
    both = in_two_runs(trace)
    assert replay(both, what_if) == replay(trace, what_if) * 2
    alone, twice = breakpoints(trace, what_if), breakpoints(both, what_if)
    assert [p.schedule * 2 for p in alone] == [p.schedule for p in twice]
    assert [p.ideal_speedup for p in alone] == [p.ideal_speedup for p in twice]
    assert [replay(part, what_if) for part in both.runs] == [replay(trace, what_if)] * 2
