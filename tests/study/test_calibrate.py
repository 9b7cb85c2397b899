"""The fit finds a polynomial that is there, and says how much of the truth it explains."""

import numpy as np
import pytest

from teacache.errors import RequestError
from teacache.method.settings import MAX_DEGREE, Settings
from teacache.method.trace import StepRecord, Trace
from teacache.study.budget import threshold_for_budget
from teacache.study.calibrate import USUAL_SPEEDUP, calibration, correlation, fit, pairs, ranks
from teacache.study.replay import replay

TRUE = (40.0, -12.0, 3.0, 0.5, 0.02)


def uncached(seed: int, *, noise: float = 0.0, steps: int = 50, guidance: float = 3.0) -> Trace:
    """An uncached run whose output follows its indicator by the true polynomial, up to noise."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(0.02, 0.3, steps)
    y = np.polyval(TRUE, x) + noise * rng.standard_normal(steps)
    records = tuple(
        StepRecord(
            call=i,
            step=i,
            timestep=float(1000 - i),
            branch="batched",
            indicator_distance=float(x[i]) if i else None,
            output_distance=float(y[i]) if i else None,
            output_distance_exact=i > 0,
            computed=True,
            reason="off",
        )
        for i in range(steps)
    )
    return Trace(settings=Settings(threshold=0), steps=steps, guidance_scale=guidance, records=records)


def test_a_polynomial_that_is_there_is_found():
    found = fit([uncached(seed) for seed in range(4)])
    assert found.coefficients == pytest.approx(TRUE, rel=1e-6, abs=1e-6)
    assert found.r2 == pytest.approx(1)
    assert (found.pairs, found.prompts, found.steps, found.guidance_scale) == (4 * 49, 4, 50, 3.0)
    assert found.spearman == pytest.approx(1)


def test_noise_lowers_r2_and_a_higher_degree_never_explains_less():
    found = fit([uncached(seed, noise=0.05) for seed in range(4)])
    assert 0.3 < found.r2 < 0.99
    assert list(found.r2_by_degree) == sorted(found.r2_by_degree) and found.r2_by_degree[-1] == found.r2
    assert len(found.r2_by_degree) == 4


def test_the_input_range_is_what_was_met():
    traces = [uncached(seed) for seed in range(3)]
    x, _ = pairs(traces)
    assert fit(traces).input_range == (x.min(), x.max())


def test_only_exact_output_distances_count():
    trace = uncached(0)
    reused = trace.with_records(
        tuple(StepRecord(**{**vars(r), "output_distance_exact": r.call % 2 == 0}) for r in trace.records)
    )
    assert len(pairs([reused])[0]) == 24


def test_traces_of_different_runs_are_not_mixed():
    with pytest.raises(RequestError, match="differ in steps"):
        fit([uncached(0), uncached(1, steps=30)])
    with pytest.raises(RequestError, match="differ in guidance_scale"):
        fit([uncached(0), uncached(1, guidance=7.0)])


def test_too_few_pairs_are_refused():
    with pytest.raises(RequestError, match="degree 4"):
        fit([uncached(0, steps=4)])
    with pytest.raises(RequestError, match="no trace"):
        fit([])


@pytest.mark.parametrize("degree", [0, MAX_DEGREE + 1, 2.5, True, None])
def test_a_degree_that_the_gate_takes_no_polynomial_of_is_refused_in_one_place(degree):
    with pytest.raises(RequestError, match=f"The degree is {degree}, but must be a whole number from 1 to 7"):
        fit([uncached(0)], degree)


def test_every_degree_that_can_be_fitted_can_be_run():
    for degree in range(1, MAX_DEGREE + 1):
        assert len(fit([uncached(0), uncached(1)], degree).settings(0.1).coefficients) == degree + 1


def test_ranks_share_ties_so_that_their_correlation_is_spearmans():
    assert ranks(np.array([10.0, 30.0, 10.0, 20.0])).tolist() == [1.5, 4.0, 1.5, 3.0]
    x = np.array([1.0, 2.0, 3.0, 4.0])
    assert correlation(ranks(x), ranks(np.exp(x))) == pytest.approx(1)
    assert correlation(x, np.ones(4)) == 0


def test_the_calibration_comes_with_thresholds_for_the_usual_speedup_and_for_fourteen_times():
    traces = [uncached(seed) for seed in range(6)]
    found = calibration(fit(traces), traces, "a test")
    for threshold, calls in ((found.threshold, 50 / USUAL_SPEEDUP), (found.threshold_max, 50 / 14)):
        settings = fit(traces).settings(threshold)
        computed = np.mean([sum(d.computed for d in replay(trace, settings)) for trace in traces])
        assert computed == pytest.approx(calls, abs=1)


def test_a_budget_is_met_as_nearly_as_a_threshold_can():
    traces = [uncached(seed) for seed in range(5)]
    for wanted in (40, 25, 13, 9):
        found = threshold_for_budget(traces, Settings(threshold=1), wanted)
        settings = Settings(threshold=found.threshold)
        assert np.mean([sum(d.computed for d in replay(t, settings)) for t in traces]) == found.computed
        assert found.computed == pytest.approx(wanted, abs=0.5)


def test_a_budget_needs_traces():
    with pytest.raises(RequestError, match="no trace"):
        threshold_for_budget([], Settings(threshold=1), 10)
