"""Where reuse begins, against every schedule there is; and why it never does."""

import pytest
from hypothesis import given, settings

from teacache.method.gate import Settings
from teacache.method.trace import Trace
from teacache.study.replay import breakpoints
from teacache.study.reuse import first_reuse
from tests.study.traces import SETTINGS, recorded, traces


@settings(max_examples=60, deadline=None, derandomize=True)
@given(traces(), SETTINGS)
def test_reuse_begins_where_the_first_schedule_with_a_reused_call_does(trace, what_if):
    lows = [point.low for point in breakpoints(trace, what_if) if not all(point.schedule)]
    found = first_reuse(trace, what_if)
    assert found.threshold == (lows[0] if lows else None)
    assert (found.obstacle is None) == bool(lows)


@pytest.mark.parametrize(
    "distances, changes, obstacle",
    [
        ([0.1] * 6, {"first_steps": 4, "last_steps": 2}, "rules"),
        ([0.1, 0.1], {}, "rules"),
        ([None] * 6, {}, "no_signal"),
        ([0.1] * 6, {"coefficients": (1e308, 1e308, 1e308)}, "non_finite"),
        ([0.1] * 6, {"input_range": (0.2, 0.3), "out_of_range": "compute"}, "out_of_range"),
        ([0.1] * 3, {"schedule": (True, True, True)}, "scheduled"),
    ],
)
def test_it_says_why_nothing_is_ever_reused(distances, changes, obstacle):
    trace = recorded({"batched": distances}, Settings(threshold=0))
    if obstacle == "non_finite":
        distances = [20.0] * 6
        trace = recorded({"batched": distances}, Settings(threshold=0))
    found = first_reuse(trace, Settings(threshold=0.1).replaced(**changes))
    assert found.threshold is None and found.obstacle == obstacle


def test_an_empty_trace_reuses_nothing():
    assert first_reuse(Trace(settings=Settings(threshold=0)), Settings(threshold=1)).obstacle == "empty"
