"""What a polynomial means for a threshold agrees with looking at it point by point."""

import numpy as np
import pytest

from teacache.models.catalog import CARDS
from teacache.models.estimate import (
    first_reuse_threshold,
    lowest_estimate,
    negative_zones,
    reuse_note,
)

POLYNOMIALS = {f"{c.name}/{m}": p.coefficients for c in CARDS.values() for m, p in c.modes.items()}
GRID = np.linspace(0, 1, 100_001)


@pytest.mark.parametrize("name", POLYNOMIALS)
def test_the_lowest_estimate_is_the_lowest_of_a_fine_grid(name):
    lowest, where = lowest_estimate(POLYNOMIALS[name])
    values = np.polyval(POLYNOMIALS[name], GRID)
    assert lowest <= values.min() + 1e-12
    assert lowest == pytest.approx(values.min(), rel=1e-4, abs=1e-6)
    assert np.polyval(POLYNOMIALS[name], where) == pytest.approx(lowest)


@pytest.mark.parametrize("name", POLYNOMIALS)
def test_negative_zones_hold_exactly_the_negative_estimates(name):
    zones = negative_zones(POLYNOMIALS[name])
    inside = np.zeros_like(GRID, dtype=bool)
    for low, high in zones:
        inside |= (low <= GRID) & (high >= GRID)
    values = np.polyval(POLYNOMIALS[name], GRID)
    clear = np.abs(values) > 1e-9
    assert (inside == (values < 0))[clear].all()


def test_a_polynomial_that_only_touches_zero_is_not_parted():
    # -(x - 0.5)^2: below 0 on both sides of a double root
    zones = negative_zones((-1.0, 1.0, -0.25))
    assert zones[0][0] == 0 and zones[-1][1] == 1
    assert sum(high - low for low, high in zones) == pytest.approx(1)


def test_flux_reuses_nothing_under_its_smallest_estimate():
    coefficients = CARDS["flux-dev"].published.coefficients
    floor = first_reuse_threshold(coefficients)
    assert floor == pytest.approx(0.180, abs=1e-3)
    assert reuse_note("FLUX.1-dev", coefficients) == (
        "FLUX.1-dev: the estimate is never below 0.18, so no step is reused at a threshold under 0.18."
    )


def test_a_negative_estimate_leaves_no_such_threshold_and_is_explained():
    coefficients = CARDS["latte"].published.coefficients
    assert first_reuse_threshold(coefficients) == 0
    assert "negative at distances above 0.237," in reuse_note("Latte-1", coefficients)


def test_zones_at_both_ends_and_in_the_middle_are_named():
    wan = CARDS["wan-14b"].published.coefficients
    assert "below 0.13 and above 0.406," in reuse_note("Wan", wan)
    assert "from 0.185 to 0.31," in reuse_note("Wan", CARDS["wan-1.3b"].published.coefficients)
    assert "at every distance," in reuse_note("Odd", (-1.0,))


def test_only_the_measured_range_counts_where_it_is_known():
    coefficients = CARDS["latte"].published.coefficients
    note = reuse_note("Latte-1", coefficients, (0.03, 0.1))
    assert "never below" in note and "negative" not in note


def test_the_naive_estimate_holds_no_surprise():
    assert reuse_note("Naive", (1.0, 0.0)) == ""
