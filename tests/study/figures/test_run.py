"""The figure of a run holds the run: every call, both curves and the threshold, in the page's colours."""

import re
from dataclasses import fields, replace
from pathlib import Path

import pytest

from teacache import Trace
from teacache.method.trace import StepRecord
from teacache.runs import Store
from teacache.study import figure
from teacache.study.plot.empty import BY_RULE
from teacache.study.plot.palette import DARK, LIGHT

ROOT = Path(__file__).resolve().parents[3]
RUNS = {run.run_id: run for run in Store(ROOT / "assets" / "runs").list()}


@pytest.fixture(params=RUNS)
def run(request):
    return RUNS[request.param]


def named(drawn, name: str):
    return [trace for trace in drawn.data if (trace.name or "").startswith(name)]


def test_every_call_with_a_sum_is_one_bar_in_the_colour_of_its_decision(run):
    drawn = figure(run.cached, run.uncached)
    for name, computed in (("accumulated, computed", True), ("accumulated, reused", False)):
        found = {
            (x, y) for bar in named(drawn, name) for x, y in zip(bar.x, bar.y, strict=True) if y is not None
        }
        assert found == {
            (record.step + 1, record.accumulated_distance)
            for record in run.cached.records
            if record.computed is computed and record.accumulated_distance
        }


def test_calls_computed_by_rule_are_marked(run):
    (marks,) = named(figure(run.cached), "computed by rule")[:1]
    branch = run.cached.branch(run.cached.branches[0])
    assert len(marks.x) == sum(record.computed and record.reason in BY_RULE for record in branch) > 0


def test_the_true_change_is_the_uncached_runs_where_it_is_given(run):
    (line,) = named(figure(run.cached, run.uncached), "actual change")[:1]
    known = [r.output_distance for r in run.uncached.branch(run.cached.branches[0])]
    assert list(line.y) == [value for value in known if value is not None]


def test_the_threshold_is_a_line_on_the_axis_of_the_sums(run):
    (line,) = figure(run.cached).layout.shapes
    assert (line.yref, line.y0, line.y1) == (
        "y2",
        run.cached.settings.threshold,
        run.cached.settings.threshold,
    )


def test_the_axes_hold_all_changes_and_the_threshold(run):
    layout = figure(run.cached, run.uncached).layout
    changes = [r.estimated_distance for r in run.cached.records] + [
        r.output_distance for r in run.uncached.records
    ]
    assert layout.yaxis.range[1] > max(value for value in changes if value is not None)
    assert layout.yaxis2.range[1] >= 1.25 * run.cached.settings.threshold
    sums = [record.accumulated_distance for record in run.cached.records]
    assert layout.yaxis2.range[1] >= min(max(sums), 3 * run.cached.settings.threshold)


def test_a_bar_that_the_axis_cuts_off_has_a_gap(run):
    delta = run.cached.settings.threshold
    high = replace(run.cached.records[-2], computed=True, accumulated_distance=5 * delta, reason="threshold")
    trace = run.cached.with_records((*run.cached.records[:-2], high, run.cached.records[-1]))
    gaps = [t for t in figure(trace).data if t.type == "scatter" and t.showlegend is False]
    assert any(abs(x - (high.step + 1)) < 0.5 for x in gaps[0].x)  # two branches stand beside the step


def test_two_branches_lie_side_by_side_and_are_named(run):
    twins = [replace(record, branch=name) for record in run.cached.records for name in ("cond", "uncond")]
    drawn = figure(run.cached.with_records(tuple(twins)))
    first, second = named(drawn, "accumulated, computed")
    assert first.offset + first.width == pytest.approx(second.offset)
    assert [t.name for t in named(drawn, "estimated")] == [
        "estimated change · cond",
        "estimated change · uncond",
    ]


def test_a_run_that_has_not_begun_is_an_empty_figure(run):
    drawn = figure(run.cached.with_records(()))
    assert not drawn.data
    assert drawn.layout.yaxis2.range[1] > run.cached.settings.threshold


def test_it_goes_into_a_page_of_its_own_and_into_json(run):
    drawn = figure(run.cached, run.uncached, palette=DARK)
    assert "plotly" in drawn.to_html(include_plotlyjs="cdn") and drawn.to_json()


def test_the_colours_are_those_of_the_style_sheet():
    sheet = (ROOT / "ui" / "base" / "style.css").read_text(encoding="utf-8")
    blocks = re.findall(r"\{([^{}]*--tc-computed:[^{}]*)\}", sheet)  # the light theme's, then the dark one's
    light, dark = (dict(re.findall(r"--tc-([\w-]+): (#\w+)", block)) for block in blocks)
    for palette, theme in ((LIGHT, light), (DARK, dark)):
        for field in fields(palette):
            assert getattr(palette, field.name) == theme[field.name.replace("_", "-")], field.name


FIRST = StepRecord(call=0, step=0, timestep=999.0, branch="batched", computed=True, reason="first")


def test_a_trace_alone_is_enough():
    trace = Trace(settings=RUNS["1-faithful"].cached.settings, steps=1, records=(FIRST,))
    assert figure(trace).layout.xaxis.range == (0.5, 1.5)


def test_a_prompt_with_a_tag_stays_text():
    trace = Trace(settings=RUNS["1-faithful"].cached.settings, steps=1, prompt="<b>a ball", records=(FIRST,))
    assert "&lt;b>a ball" in figure(trace).layout.title.text.replace("&gt;", ">")
