"""Small figures are filled alike by Python and by the page; their axes end where the definition says."""

from teacache.study.plot import accumulator, polynomial, quality, scatter
from teacache.study.plot.palette import LIGHT
from teacache.study.plot.series import put, span

QUALITY = quality.empty(LIGHT, quality.Words())
RUNS = [
    {"kind": "own", "x": [1.5, 2.4], "y": [41.0, 18.5], "customdata": ["a", "b"]},
    {"kind": "recorded", "x": [0.9], "y": [100.0], "customdata": ["c"]},
    {"kind": "method", "x": [1.1, 1.9], "y": [30.0, 25.0], "name": "one"},
    {"kind": "method", "x": [1.2], "y": [33.0], "name": "another"},
]
CLOUD = [
    {"kind": "way", "x": [0.1, 0.2, None], "y": [0.3, 0.3, None]},
    {"kind": "estimate", "x": [0.2], "y": [0.3], "customdata": [0]},
]
RACE = [{"kind": "point", "x": [1.0, 3.5], "y": [52.0, 23.0]}, {"kind": "shown", "x": [], "y": []}]
BANDS = {
    "ends": {"xaxis": [0, 1], "yaxis": [-1, 2]},
    "places": {"calibrated": [], "negative": [{"x0": 0, "x1": 0.1}, {"x0": 0.5, "x1": 0.6}]},
}
PAIRS = [{"kind": "pair", "x": [0.5], "y": [1.0]}]
GIVEN = [
    (QUALITY, RUNS, {}),
    (QUALITY, [], {}),
    (scatter.cloud(LIGHT), CLOUD, {}),
    (scatter.race(LIGHT), RACE, {}),
    (polynomial.empty(LIGHT, polynomial.Words()), PAIRS, BANDS),
]
PUT = """
import { readFileSync } from "node:fs";
import { put } from "./plot/series.js";
const given = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(given.map(([figure, series, more]) => put(figure, series, more))));
"""
CALLS = [
    {"total": 0.0, "computed": True, "threshold": 0.1},
    {"total": 0.07, "computed": False, "threshold": 0.1},
    {"total": 0.9, "computed": True, "threshold": 0.1},  # the bar is cut
    {"total": 0.2, "computed": True, "threshold": 0.0},
]
GAUGE = """
import { readFileSync } from "node:fs";
import { fill } from "./plot/gauge.js";
import { frontier } from "./history/frontier.js";
const [figure, calls, points] = JSON.parse(readFileSync(0, "utf8"));
const measures = { speed: ([speed]) => speed, near: ([, near]) => near };
console.log(JSON.stringify([calls.map((call) => fill(figure, call)), frontier(points, measures)]));
"""


def test_the_page_puts_in_what_python_puts_in(on_the_page, rounded):
    for (figure, series, more), drawn in zip(GIVEN, on_the_page(PUT, GIVEN), strict=True):
        assert rounded(drawn) == rounded(put(figure, series, **more))


def test_the_page_s_accumulator_and_frontier_are_python_s(on_the_page, rounded):
    empty = accumulator.empty(LIGHT, accumulator.Words())
    points = [[1, 60], [2, 40], [2, 45], [1.5, 44], [3, 30], [2.5, 20], [3, 30]]
    sums, best = on_the_page(GAUGE, [empty, CALLS, points])
    assert rounded(sums) == rounded([accumulator.fill(empty, **call) for call in CALLS])
    assert [tuple(point) for point in best] == quality.unbeaten([(x, y) for x, y in points])
    assert best == [[1, 60], [2, 45], [3, 30]]


def test_a_kind_is_drawn_once_for_each_series_and_without_one_not_at_all():
    names = [(trace["meta"]["kind"], trace["name"]) for trace in put(QUALITY, RUNS)["data"]]
    assert names == [("method", "one"), ("method", "another"), ("recorded", "recorded runs"), ("own", "runs")]


def test_what_is_identical_lies_on_the_upper_edge_and_does_not_stretch_the_axis():
    drawn = put(QUALITY, RUNS)
    low, high = drawn["layout"]["yaxis"]["range"]
    (equal,) = (trace for trace in drawn["data"] if trace["meta"]["kind"] == "recorded")
    assert (low, high) == (16.5, 50.0) and equal["y"] == [high]


def test_an_axis_begins_at_a_whole_multiple():
    assert span({"of": ["y"], "unit": 10}, RACE) == [20, 52.0]
