"""A wanted fidelity becomes a threshold that the runs already made speak for."""

import pytest

from teacache.study.targets import envelope, threshold_for_fidelity

TRIED = [(0.1, 36.0), (0.04, 54.0), (0.8, 19.0), (0.03, 60.0)]


def test_the_envelope_never_rises_again():
    assert envelope([*TRIED, (0.5, 40.0)]) == (
        (0.03, 60.0), (0.04, 54.0), (0.1, 36.0), (0.5, 36.0), (0.8, 19.0),
    )  # fmt: skip


def test_a_tried_fidelity_gives_its_threshold():
    assert threshold_for_fidelity(TRIED, 54.0) == pytest.approx(0.04)


def test_between_two_runs_it_is_interpolated():
    found = threshold_for_fidelity(TRIED, 45.0)
    assert found == pytest.approx((0.04 * 0.1) ** 0.5)


@pytest.mark.parametrize("lower, higher", [(25, 26), (30, 40), (50, 59)])
def test_more_fidelity_never_allows_a_higher_threshold(lower, higher):
    assert threshold_for_fidelity(TRIED, higher) <= threshold_for_fidelity(TRIED, lower)


def test_what_no_run_kept_is_refused_and_what_all_kept_is_capped():
    assert threshold_for_fidelity(TRIED, 61.0) is None
    assert threshold_for_fidelity(TRIED, 10.0) == 0.8
    assert threshold_for_fidelity([], 30.0) is None
    assert threshold_for_fidelity([(0.0, 100.0)], 30.0) is None  # off is not a threshold


def test_the_worst_run_at_a_threshold_counts():
    assert threshold_for_fidelity([(0.1, 50.0), (0.1, 28.0)], 30.0) is None
