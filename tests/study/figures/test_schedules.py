"""The figures of schedules show the numbers that they are given, with axes that say what they are."""

import numpy as np

from teacache.study.figures.reasons import estimate_and_damage
from teacache.study.figures.schedules import histogram
from teacache.study.figures.spans import span_map


def test_the_histogram_holds_every_schedule_and_a_line_for_each_mark():
    figure = histogram([1.0, 0.1, 0.01], {"TeaCache": 0.1, "best": 0.01})
    assert np.allclose(figure.data[0].x, [0, -10, -20])
    assert [line.x0 for line in figure.layout.shapes] == [-10, -20]
    assert [note.text for note in figure.layout.annotations] == ["TeaCache", "best"]
    assert "dB" in figure.layout.xaxis.title.text


def test_an_error_of_zero_stays_on_the_axis():
    assert np.isfinite(histogram([0.0], {}).data[0].x).all()


def test_the_map_of_spans_leaves_out_what_was_not_measured_and_shows_the_path():
    errors = np.array([[np.inf, 0.0, 0.1, 1.0], *[[np.inf] * 4] * 3])
    figure = span_map(errors, (True, False, True))
    assert np.isnan(figure.data[0].z[0][1])
    assert np.allclose(figure.data[0].z[0][2:], [-20, 0])
    assert list(zip(figure.data[1].y, figure.data[1].x, strict=True)) == [(0, 2), (2, 3)]


def test_estimate_and_damage_are_shares_of_their_largest_and_gaps_stay_gaps():
    figure = estimate_and_damage([None, 1.0, 2.0], [None, 4.0, 1.0])
    assert figure.data[0].y == (None, 0.5, 1.0)
    assert figure.data[1].y == (None, 1.0, 0.25)
    assert figure.data[0].x == (1, 2, 3)
    assert figure.layout.xaxis.title.text == "Step"
