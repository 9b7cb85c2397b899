"""What the panel says about a polynomial is what the polynomial does."""

import numpy as np
import pytest

from teacache.method.gate import Settings
from teacache.study.polynomial import curve, r2
from tests.study.traces import SINKING


def test_the_curve_is_what_the_gate_estimates():
    settings = Settings(
        threshold=1, coefficients=SINKING, negative="zero", input_range=(0.05, 0.2), out_of_range="clamp"
    )
    for x, y in curve(settings, 0.0, 0.3, points=7):
        assert y == settings.estimate(x) >= 0


def test_r2_is_one_for_the_truth_and_below_zero_for_nonsense():
    x = np.array([0.1, 0.2, 0.3])
    y = 2 * x
    assert r2(Settings(threshold=1, coefficients=(2.0, 0.0)), x, y) == pytest.approx(1)
    assert r2(Settings(threshold=1, coefficients=(-2.0, 0.0)), x, y) < 0
    assert r2(Settings(threshold=1), x[:1], y[:1]) is None
