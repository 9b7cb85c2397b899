"""The page's small figures stand alone too: of stored runs, of a trace, of one call."""

from pathlib import Path

import pytest

from teacache.runs import Store
from teacache.runs.comparison import Fidelity
from teacache.study.figures import accumulator, cloud, quality, race
from teacache.study.plot.palette import DARK, LIGHT

RUNS = sorted(
    Store(Path(__file__).resolve().parents[3] / "assets" / "runs").list(), key=lambda run: run.run_id
)


def kinds(figure):
    return {trace.meta["kind"]: trace for trace in figure.data}


def test_every_run_with_both_figures_is_a_dot_that_names_it():
    drawn = quality(RUNS)
    known = {
        run.run_id: (run.speed.believed, run.fidelity.psnr)
        for run in RUNS
        if isinstance(run.fidelity, Fidelity) and run.speed and run.speed.believed
    }
    dots = kinds(drawn)["own"]
    assert known and dict(zip(dots.customdata, zip(dots.x, dots.y, strict=True), strict=True)) == {
        run: (speed, min(psnr, drawn.layout.yaxis.range[1])) for run, (speed, psnr) in known.items()
    }


def test_runs_that_are_unlike_are_not_joined():
    asked = [(run.request.model, run.request.prompt, run.request.seed, run.cached.steps) for run in RUNS]
    alike = {each for each in asked if asked.count(each) > 1}
    lines = [trace for trace in quality(RUNS).data if trace.meta["kind"] == "frontier"]
    assert len(lines) == len(alike)
    one = RUNS[0]
    assert "frontier" not in kinds(quality([one]))


def test_a_cloud_has_a_dot_for_every_measured_change_and_says_where_it_is_taken():
    trace = RUNS[0].uncached
    known = [r for r in trace.records if r.indicator_distance is not None and r.output_distance_exact]
    dots = kinds(cloud(trace))["pair"]
    assert list(dots.x) == [r.indicator_distance for r in known]
    moved = kinds(cloud(trace, moved=True))
    assert list(moved["estimate"].x) == [r.estimated_distance for r in known]
    assert len(moved["way"].x) == 3 * len(known)


def test_a_race_begins_at_a_round_number_below_its_worst_point():
    assert race([(1.0, 50.0), (3.0, 23.0)]).layout.yaxis.range[0] == 20


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_the_accumulator_is_the_sum_that_was_held_against_the_threshold(palette):
    trace = RUNS[0].cached
    call = next(i for i, r in enumerate(trace.records) if r.reason == "below_threshold")
    drawn = accumulator(trace, call, palette=palette)
    (bar,) = drawn.data
    assert bar.meta["kind"] == "reused" and bar.x[0] == trace.records[call].accumulated_distance
    (line,) = (shape for shape in drawn.layout.shapes if shape.name == "threshold")
    assert line.x0 == line.x1 == trace.settings.threshold and line.line.color == palette.threshold
    with pytest.raises(IndexError):
        accumulator(trace, len(trace.records))
