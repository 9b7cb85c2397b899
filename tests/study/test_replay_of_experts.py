"""A replay stands on what was recorded: each expert's own settings, and the trace's own indicator."""

from dataclasses import replace

import pytest

from teacache.method.cache import TeaCache
from teacache.method.settings import NAIVE, Settings
from teacache.method.trace import Trace
from teacache.study.replay import breakpoints, indicator_of, replay, settings_for
from tests.method.systems import SYSTEMS, pipe_of, run

FIRST = Settings(threshold=0.3, coefficients=(2.0, 0.01), variant="authors")
OTHERS = [
    FIRST.replaced(threshold=1e-9),
    FIRST.replaced(threshold=1e9, max_reuses=1),
    FIRST.replaced(coefficients=(1.0, 0.2), last_steps=2),
]


@pytest.fixture(scope="module")
def traces():
    pipe, found = pipe_of("Wan 2.2"), []
    for own in OTHERS:
        with TeaCache(pipe, settings=FIRST, experts={"transformer_2": own}) as cache:
            run(pipe, SYSTEMS["Wan 2.2"], steps=10)
        found.append(cache.trace)
    return found


def test_a_replay_decides_each_experts_calls_with_its_own_settings(traces):
    for trace in traces:
        assert [d.reason for d in replay(trace, trace.settings)] == [r.reason for r in trace.records]


def test_every_threshold_of_two_experts_is_in_one_list(traces):
    for trace in traces:
        for point in breakpoints(trace, trace.settings, 5.0):
            inside = min((point.low + point.high) / 2, 1e9)
            again = replay(trace, trace.settings.replaced(threshold=inside))
            assert tuple(d.computed for d in again) == point.schedule


def test_no_expert_reuses_the_others_residual_by_a_fixed_schedule(traces):
    fixed = FIRST.replaced(schedule=(True,) + (False,) * 9)
    decisions = replay(traces[0], fixed)
    switch = [r.transformer for r in traces[0].records].index("transformer_2")
    assert decisions[switch].reason == "no_residual"


def test_what_a_what_if_changes_it_changes_for_both_experts(traces):
    trace = traces[1]
    asked = settings_for(trace, "transformer_2", FIRST.replaced(coefficients=NAIVE, threshold=0.7))
    assert (asked.naive, asked.threshold, asked.max_reuses) == (True, 0.7, 1)


def test_a_what_if_stands_on_the_indicator_that_was_recorded(traces):
    trace: Trace = traces[0]
    assert indicator_of(trace) == "authors"
    naive = Settings(threshold=0.1)
    assert naive.variant == "default"
    assert {settings_for(trace, name, naive).variant for name in ("transformer", "transformer_2")} == {
        "authors"
    }
    plain = replace(trace, experts={})
    assert replay(plain, naive) == replay(plain, naive.replaced(variant="authors"))
