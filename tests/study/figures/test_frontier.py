"""Quality against cost: one line a method, sorted, its points know their runs."""

from teacache.study.figures import Curve, Point, frontier

CURVES = [
    Curve(
        name="TeaCache",
        points=[
            Point(cost=3.0, quality=40.0, text="0.1", run_id="b"),
            Point(cost=2.0, quality=30.0, text="0.2", run_id="a"),
        ],
    ),
    Curve(name="PAB", points=[Point(cost=4.0, quality=50.0)], recorded=True),
]


def test_each_method_is_a_line_sorted_by_cost_whose_points_know_their_runs():
    ours, theirs = frontier(CURVES).data
    assert (ours.name, ours.x, ours.y) == ("TeaCache", (2.0, 3.0), (30.0, 40.0))
    assert ours.customdata == ("a", "b") and ours.text == ("0.2", "0.1")
    assert theirs.customdata == ("",)


def test_axes_say_what_they_measure():
    layout = frontier(CURVES, x="Share").layout
    assert (layout.xaxis.title.text, layout.yaxis.title.text) == ("Share", "PSNR (dB)")


def test_what_was_recorded_elsewhere_looks_otherwise():
    ours, theirs = frontier(CURVES).data
    assert (ours.line.dash, theirs.line.dash) == ("solid", "dot")
    assert ours.line.color != theirs.line.color and theirs.marker.symbol.endswith("-open")
