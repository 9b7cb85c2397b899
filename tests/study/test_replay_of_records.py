"""A replay agrees with decisions that were made without it: by the authors' loop, and in recorded runs."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from teacache.method.gate import Settings
from teacache.method.trace import StepRecord, Trace
from teacache.runs.store import Store
from teacache.study.replay import breakpoints, replay

ROOT = Path(__file__).resolve().parents[2]
RUNS = Store(ROOT / "assets" / "runs").list()


def authors_loop(distances, coefficients, threshold):
    """The authors' order of operations (eval/teacache/experiments of ali-vilab/TeaCache), one branch."""
    schedule, accumulated = [], 0.0
    rescale = np.poly1d(coefficients)
    for step, distance in enumerate(distances):
        if step in (0, len(distances) - 1):
            compute, accumulated = True, 0.0
        else:
            accumulated += rescale(distance)
            compute = not accumulated < threshold
            accumulated = 0.0 if compute else accumulated
        schedule.append(bool(compute))
    return tuple(schedule)


QUARTICS = st.builds(  # with roots among the distances: negative somewhere in half of all cases
    lambda scale, roots: tuple(float(c) for c in scale * np.poly(roots)),
    st.sampled_from([-1, 1]).flatmap(lambda sign: st.floats(1, 50).map(lambda size: sign * size)),
    st.lists(st.floats(-0.1, 0.4), min_size=4, max_size=4),
)


@examples(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(st.floats(0, 0.3), min_size=3, max_size=60), QUARTICS, st.floats(1e-4, 0.3))
def test_a_replay_is_the_authors_loop_also_with_negative_polynomials(distances, coefficients, threshold):
    settings = Settings(threshold=threshold, coefficients=coefficients)
    schedule = authors_loop(distances, coefficients, threshold)
    records = tuple(
        StepRecord(
            call=i,
            step=i,
            timestep=999.0 - i,
            branch="batched",
            indicator_distance=distances[i] if i else None,
            computed=computed,
            reason="threshold" if computed else "below_threshold",
        )
        for i, computed in enumerate(schedule)
    )
    trace = Trace(settings=settings, steps=len(records), records=records)
    assert tuple(d.computed for d in replay(trace, settings)) == schedule
    (row,) = [p for p in breakpoints(trace, settings) if p.low < threshold <= p.high]
    assert row.schedule == schedule


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.run_id)
@pytest.mark.parametrize("lane", ["uncached", "cached"])
def test_every_recorded_run_is_decided_again_as_it_was(run, lane):
    trace = getattr(run, lane)
    again = replay(trace, trace.settings)
    assert [(d.computed, d.reason) for d in again] == [(r.computed, r.reason) for r in trace.records]
