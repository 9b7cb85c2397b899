"""A replay is the run decided again: it agrees with the record and, at all thresholds, with `breakpoints`."""

import math
import random
import subprocess
import sys
from dataclasses import replace

import pytest

from teacache.errors import RequestError
from teacache.method.gate import Gate, Settings
from teacache.method.trace import StepRecord, Trace
from teacache.study.replay import breakpoints, exactness, replay, threshold_for_speedup, tidy

WAVY = (2.0e3, -1.3e3, 2.0e2, -8.3, 0.14)  # like the authors' Wan polynomial: negative in the middle
SINKING = (-30.0, 25.0, -6.0, 1.75, -0.05)  # negative at small distances


def recorded(distances: dict[str, list[float | None]], settings: Settings, **odd: str) -> Trace:
    """The trace of a run whose indicator moved so; branches take turns, and the gate decides."""
    steps = max(len(values) for values in distances.values())
    calls = [(step, branch) for step in range(steps) for branch in distances if step < len(distances[branch])]
    records = [
        StepRecord(
            call=call,
            step=step,
            timestep=float(1000 - step),
            branch=branch,
            indicator_distance=None if step == 0 else distances[branch][step],
            computed=True,
            reason=odd.get(f"call{call}", "off"),
        )
        for call, (step, branch) in enumerate(calls)
    ]
    trace = Trace(settings=settings, steps=steps, records=tuple(records))
    decided = replay(trace, settings)
    return trace.with_records(
        tuple(
            StepRecord(
                **{
                    **vars(record),
                    "computed": decision.computed,
                    "reason": decision.reason,
                    "accumulated_distance": decision.accumulated,
                    "estimated_distance": decision.estimated,
                }
            )
            for record, decision in zip(trace.records, decided, strict=True)
        )
    )


def random_settings(rng: random.Random) -> Settings:
    return Settings(
        threshold=rng.choice([0, *(rng.random() * 0.5 for _ in range(9))]),
        coefficients=rng.choice([(1.0, 0.0), (1.0,), WAVY, SINKING, (-1.0, 0.1), (1.0, -0.1), (-0.5, 0.02)]),
        first_steps=rng.choice([1, 1, 3, 0.2]),
        last_steps=rng.choice([0, 1, 2, 0.15]),
        max_reuses=rng.choice([None, None, 1, 3]),
        negative=rng.choice(["keep", "keep", "keep", "keep", "abs", "zero"]),
        input_range=rng.choice([None, (0.05, 0.2)]),
        out_of_range=rng.choice(["ignore", "clamp", "compute"]),
    )


def random_trace(seed: int) -> Trace:
    rng = random.Random(seed)
    branches = rng.choice([["batched"], ["cond", "uncond"], ["cond", "uncond", "image"]])
    distances = {name: [rng.random() * 0.3 for _ in range(rng.randint(1, 24))] for name in branches}
    if rng.random() < 0.2:
        distances[branches[0]].extend([None, 0.1])
    odd = rng.choice([{}, {}, {"call4": "shape_changed"}, {"call3": "no_residual"}, {"call5": "non_finite"}])
    return recorded(distances, random_settings(rng), **odd)


def test_many_of_the_random_traces_hold_negative_estimates():
    traces = [random_trace(seed) for seed in range(100)]
    assert sum(any((r.estimated_distance or 0) < 0 for r in trace.records) for trace in traces) >= 30


@pytest.mark.parametrize("seed", range(100))
def test_at_its_own_settings_a_replay_is_the_record(seed):
    trace = random_trace(seed)
    for record, decision in zip(trace.records, replay(trace, trace.settings), strict=True):
        assert (record.computed, record.reason) == (decision.computed, decision.reason)
        assert record.accumulated_distance == decision.accumulated


@pytest.mark.parametrize("seed", range(60))
def test_breakpoints_give_what_a_replay_gives_at_any_threshold(seed):
    trace, rng = random_trace(seed), random.Random(seed)
    settings = random_settings(rng)
    points = breakpoints(trace, settings)
    highs = [p.high for p in points[:-1]]
    edges = [*highs, *(math.nextafter(high, math.inf) for high in highs)]
    for threshold in [math.ulp(0.0), *edges, *(rng.random() * 10 ** rng.randint(-3, 2) for _ in range(40))]:
        holding = [p for p in points if p.low < threshold <= p.high]
        assert len(holding) == 1
        again = replay(trace, settings.replaced(threshold=threshold))
        assert holding[0].schedule == tuple(d.computed for d in again)
        for told, decision in zip(holding[0].reasons, again, strict=True):
            assert told == decision.reason or (told, decision.reason) == ("max_reuses", "threshold")
    for point in points[:-1]:
        again = replay(trace, settings.replaced(threshold=point.high))
        assert point.reasons == tuple(d.reason for d in again)


@pytest.mark.parametrize("seed", range(60))
def test_breakpoints_follow_each_other_and_always_differ(seed):
    trace = random_trace(seed)
    points = breakpoints(trace, random_settings(random.Random(-seed)))
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


def test_a_limit_ends_the_list_at_the_interval_that_holds_it():
    trace = random_trace(3)
    everything = breakpoints(trace, Settings(threshold=1))
    some = breakpoints(trace, Settings(threshold=1), max_threshold=0.4)
    assert some == everything[: len(some)]
    assert some[-1].low < 0.4 <= some[-1].high


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
        threshold_for_speedup(random_trace(3), speedup)


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


@pytest.mark.parametrize("seed", range(20))
def test_a_limit_ends_any_list_where_the_schedule_changes(seed):
    trace, rng = random_trace(seed), random.Random(seed)
    settings, limit = random_settings(rng), rng.random()
    everything = breakpoints(trace, settings)
    some = breakpoints(trace, settings, max_threshold=limit)
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


def test_the_runs_of_a_clip_are_replayed_apart():
    rng = random.Random(11)
    for _ in range(30):
        settings = random_settings(rng)
        trace = recorded({"cond": [None, *(rng.random() * 0.2 for _ in range(11))]}, settings)
        both = in_two_runs(trace)
        assert replay(both, settings) == replay(trace, settings) * 2
        alone, twice = breakpoints(trace, settings), breakpoints(both, settings)
        assert [p.schedule * 2 for p in alone] == [p.schedule for p in twice]
        assert [p.ideal_speedup for p in alone] == [p.ideal_speedup for p in twice]
        assert [replay(part, settings) for part in both.runs] == [replay(trace, settings)] * 2
