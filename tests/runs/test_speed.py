"""A speedup that the machine made is never shown; what the calls say is, and that it was disturbed."""

import re
import time
from contextlib import contextmanager
from dataclasses import replace

import pytest

from teacache.answers import figures_of
from teacache.method.gate import Settings
from teacache.runs import Baselines, compare
from teacache.runs.speed import TOLERANCE, speed
from teacache.runs.store import Store
from tests.runs import samples
from ui.library.library import Library
from ui.screen import state
from ui.takeaway import report


@pytest.fixture(autouse=True)
def steady():
    """Here whatever disturbs a run counts."""


CALLS, PACE = 20, 0.1
HALF = (True, False) * (CALLS // 2)
ALL = (True,) * CALLS


def trace(schedule, *, pace=PACE, reused=0.01, slow=(), off=False):
    """A run whose computed calls take `pace` seconds; those in `slow` take twenty times as long."""
    made = samples.trace(schedule, 0 if off else 0.1)
    records = tuple(
        replace(record, seconds=(pace if record.computed else reused) * (20 if i in slow else 1))
        for i, record in enumerate(made.records)
    )
    return replace(made, records=records)


def judged(uncached, cached, *, outside=(0.2, 0.2)):
    seconds = (
        sum(r.seconds for r in run.records) + extra
        for run, extra in zip((uncached, cached), outside, strict=True)
    )
    return speed(uncached, cached, seconds=tuple(seconds))


QUIET = judged(trace(ALL, off=True), trace(HALF))


def test_on_a_calm_machine_clock_and_calls_say_the_same():
    assert QUIET.measured == pytest.approx(2.2 / 1.3) == QUIET.by_medians
    assert QUIET.agreement == pytest.approx(1) and QUIET.calls_agree
    assert not QUIET.disturbed and QUIET.believed == QUIET.measured


@pytest.mark.parametrize(
    "uncached, cached",
    [
        (trace(ALL, off=True, pace=12 * PACE), trace(HALF)),
        (trace(ALL, off=True), trace(HALF, pace=12 * PACE)),
        (trace(ALL, off=True, slow=(3, 4, 9)), trace(HALF)),
        (trace(ALL, off=True), trace(HALF, slow=(4, 6, 11))),
    ],
    ids=["uncached run slow", "cached run slow", "calls of the uncached run", "calls of the cached run"],
)
def test_whatever_was_disturbed_is_seen_and_what_is_believed_is_what_a_calm_machine_gives(uncached, cached):
    found = judged(uncached, cached)
    assert found.disturbed and found.reason
    assert abs(found.measured / QUIET.measured - 1) > TOLERANCE
    assert found.believed == pytest.approx(QUIET.measured)


@pytest.mark.parametrize(
    "uncached, cached, doubts",
    [
        (trace(ALL, off=True, pace=12 * PACE), trace(HALF), (True, False)),
        (trace(ALL, off=True), trace(HALF, pace=12 * PACE), (False, True)),
        (trace(ALL, off=True), trace(HALF, slow=(4, 6, 11)), (True, True)),
        (trace(ALL, off=True), trace(HALF), (False, False)),
    ],
    ids=["uncached run slow", "cached run slow", "nobody knows which", "neither"],
)
def test_only_the_seconds_of_the_run_that_was_slowed_are_in_doubt(uncached, cached, doubts):
    found = judged(uncached, cached)
    assert (found.uncached_in_doubt, found.cached_in_doubt) == doubts


def test_time_that_was_taken_between_the_calls_is_seen():
    found = judged(trace(ALL, off=True), trace(HALF), outside=(9.0, 0.2))
    assert found.disturbed and found.believed == pytest.approx(QUIET.measured)


def test_no_disturbance_makes_a_run_faster_than_ideal():
    for uncached_pace in (1, 2, 30):
        for cached_pace in (1, 2, 30):
            found = judged(trace(ALL, off=True, pace=uncached_pace), trace(HALF, pace=cached_pace))
            assert found.believed <= 2 * (1 + TOLERANCE)


def test_where_calls_cost_more_at_some_steps_the_same_calls_are_compared():
    """Guidance in the first half only, say: what is computed there must not be taken for a slow run."""
    costs = [3.0] * 10 + [1.0] * 10
    schedule = (True,) * 10 + (True, False, False, False, False) * 2

    def run(schedule, off):
        made = trace(schedule, off=off)
        records = (replace(r, seconds=costs[i] if r.computed else 0.01) for i, r in enumerate(made.records))
        return replace(made, records=tuple(records))

    assert judged(run(ALL, True), run(schedule, False)).agreement == pytest.approx(1)


def test_branches_and_transformers_are_kinds_of_their_own():
    def run(schedule, off):
        made = trace(schedule, off=off)
        records = (
            replace(r, branch="cond" if i % 4 < 2 else "uncond", seconds=r.seconds * (1 if i % 4 < 2 else 5))
            for i, r in enumerate(made.records)
        )
        return replace(made, records=tuple(records))

    found = judged(run(ALL, True), run(HALF, False))
    assert not found.disturbed and found.by_medians == pytest.approx(found.measured)


def test_a_run_with_fewer_steps_is_judged_too():
    few = trace(ALL[:10], off=True)
    assert not judged(trace(ALL, off=True), few, outside=(0.2, 0.1)).disturbed
    slow = judged(trace(ALL, off=True), trace(ALL[:10], off=True, pace=3 * PACE))
    assert slow.disturbed and slow.believed == pytest.approx(2, rel=0.1)


def test_of_calls_that_were_never_timed_only_the_impossible_is_known():
    bare = [replace(run, records=tuple(replace(r, seconds=0.0) for r in run.records)) for run in
            (trace(ALL, off=True), trace(HALF))]  # fmt: skip
    assert not speed(*bare, seconds=(2.0, 1.0)).disturbed
    found = speed(*bare, seconds=(23.0, 1.0))
    assert found.disturbed and found.believed is None and "2.00" in found.reason


# --- what really ran ------------------------------------------------------------------------------

PER_CALL, STOLEN = 0.03, 0.7  # seconds


@contextmanager
def disturbed(pipe, where):
    """Every computed call takes a moment; the uncached run's also what somebody steals, as long as `on`."""
    on = [False]

    def steal(*_):
        time.sleep(PER_CALL + STOLEN * on[0])

    handle = where(pipe.transformer).register_forward_pre_hook(steal)
    try:
        yield on
    finally:
        handle.remove()


WITHIN = {"in the calls": lambda model: model.transformer_blocks[-1], "before the calls": lambda model: model}


@pytest.mark.parametrize("where", WITHIN.values(), ids=WITHIN)
def test_a_speedup_of_twenty_three_is_never_printed_where_no_cache_could_give_it(
    pipe, request_, tmp_path, where
):
    once = Settings(threshold=0.1, schedule=(True,) * 5 + (False,))
    with disturbed(pipe, where) as on:
        for progress in compare(pipe, replace(request_, settings=once), preview_every=0):
            on[0] = progress.phase == "uncached"
    made = progress.comparison
    assert made.ideal_speedup == pytest.approx(1.2) and made.measured_speedup > 5
    assert made.speed.disturbed and made.speed.believed <= 1.2 * (1 + TOLERANCE)
    stored = Store(tmp_path).save(made)
    written = (f"{made.measured_speedup:.1f}", f"{made.measured_speedup:.2f}")
    wrong = re.compile("|".join(rf"(?<![\d.]){re.escape(figure)}" for figure in written))
    told = figures_of(stored)
    assert "disturbed" in told.text and not wrong.search(told.text)
    assert told.value["measured_speedup"] is None and told.value["disturbed"]
    shown = state.figures(stored)
    assert shown["measured"] is None and set(shown["disturbed"]) == {"en", "de", "zh"}
    assert "≈" in report._speedup(stored, report.texts.texts("en"))[0]
    assert Library(tmp_path, tmp_path).load(stored.run_id).speed == stored.speed


def phases_of(states):
    phases = [progress.phase for progress in states]
    return [phase for i, phase in enumerate(phases) if i == 0 or phase != phases[i - 1]]


@pytest.mark.slow
@pytest.mark.parametrize("then, now", [(True, False), (False, True)], ids=["was slow", "is slow"])
def test_a_lent_baseline_is_timed_again_at_the_pace_of_today(pipe, request_, monkeypatch, then, now):
    monkeypatch.setattr("teacache.runs.speed.TOLERANCE", 3.0)  # of twenty times: other tests are running too
    baselines = Baselines()
    with disturbed(pipe, WITHIN["in the calls"]) as on:
        on[0] = then
        list(compare(pipe, request_, baselines=baselines, preview_every=0))
        on[0] = now
        states = list(compare(pipe, request_, baselines=baselines, preview_every=0))
        again = list(compare(pipe, request_, baselines=baselines, preview_every=0))
    phases = phases_of(states)
    assert phases[-5:] == ["cached", "decoding", "again", "decoding", "done"]
    made = states[-1].comparison
    assert not made.baseline_reused and made.speed.calls_agree
    assert len(states[-1].uncached) == request_.steps
    assert "again" not in phases_of(again) and again[-1].comparison.baseline_reused  # the new one is kept
