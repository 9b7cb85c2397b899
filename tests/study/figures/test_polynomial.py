"""The figure of a polynomial holds every pair of the runs, the curve, and where it was calibrated."""

from pathlib import Path

import pytest

from teacache.runs import Store
from teacache.study.figures import polynomial

RUN = Store(Path(__file__).resolve().parents[3] / "assets" / "runs").list()[0]


def test_every_pair_is_a_dot_and_the_curve_is_what_the_gate_estimates():
    settings = RUN.cached.settings
    dots, curve = polynomial(settings, [RUN.uncached]).data
    known = [r for r in RUN.uncached.records if r.indicator_distance is not None and r.output_distance_exact]
    assert list(dots.x) == [r.indicator_distance for r in known]
    assert list(dots.y) == [r.output_distance for r in known]
    assert all(y == settings.estimate(x) for x, y in zip(curve.x, curve.y, strict=True))


def test_where_it_was_calibrated_is_a_band_and_the_pairs_set_the_scale():
    settings = RUN.cached.settings.replaced(input_range=(0.01, 0.02))
    layout = polynomial(settings, [RUN.uncached]).layout
    (band,) = (shape for shape in layout.shapes if shape.name == "calibrated")
    assert (band.x0, band.x1) == (0.01, 0.02)
    falling = settings.replaced(coefficients=(1.0, -0.015))  # below 0 up to 0.015
    (band,) = (
        shape for shape in polynomial(falling, [RUN.uncached]).layout.shapes if shape.name == "negative"
    )
    assert band.x1 == pytest.approx(0.015)
    soaring = settings.replaced(coefficients=(1e6, 0.0))
    highest = max(r.output_distance for r in RUN.uncached.records if r.output_distance is not None)
    assert polynomial(soaring, [RUN.uncached]).layout.yaxis.range[1] <= 2.2 * highest
