"""What is said and shown of a sweep."""

import re
from dataclasses import replace

import pytest

from teacache.study.figures import frontier, spread
from teacache.study.signals import facts
from teacache.study.sweep.curves import curves, levels
from teacache.study.sweep.report import write_report
from teacache.study.sweep.rows import UNCACHED
from teacache.study.sweep.summary import for_fidelity, for_speed, points
from teacache.study.sweep.text import quality_table, sweep_report
from tests.study.sweep.conftest import METHODS


@pytest.fixture
def advice(rows):
    return [for_speed(points(rows), 2.0), for_fidelity(points(rows), 30.0)]


def test_the_table_compares_each_method_with_fewer_steps(rows):
    table = quality_table(rows).splitlines()
    assert len(table) == 2 + 2 * len(METHODS)
    assert "±" in next(line for line in table if "Uniform reuse" in line)
    assert "±" not in next(line for line in table if "Fewer steps" in line)


def test_a_model_card_is_told_everything(rows, plan, store, advice):
    signals = facts([store.load_trace(row.key) for row in rows if row.method == UNCACHED])
    said = sweep_report(plan, rows, signals, advice)
    assert "8 steps, guidance 3, 2 prompts" in said and "modulated input" in said
    assert all(str(one.text) in said for one in advice)


def test_the_report_opens_offline_and_has_every_run(rows, store, advice):
    page = write_report(store, rows, advice).read_text()
    assert "LPIPS needs" in page and "VBench was not asked for" in page
    assert all(row.key in page for row in rows if row.method != UNCACHED)
    assert not re.search(r'<(script|link)[^>]*(src|href)="http', page)


def test_a_curve_has_a_dot_a_level_with_its_interval(rows):
    found = points(rows)
    figure = frontier(curves(found))
    assert len(figure.data) == len(METHODS)
    first = figure.data[0]
    assert list(first.y) == [p.psnr.mean for p in sorted(found[:2], key=lambda p: p.ideal_speedup)]
    assert all(up >= 0 for up in [*first.error_y.array, *first.error_y.arrayminus])


def test_a_setting_that_saves_nothing_has_no_dot(rows):
    first, *others = points(rows)
    idle = replace(first, share=1.0)
    names = [dot.run_id for curve in curves([idle, *others]) for dot in curve.points]
    assert f"{idle.method} {idle.values}" not in names and len(names) == len(others)


def test_a_dot_of_the_spread_is_a_run(rows):
    figure = spread(levels(rows, "naive"), x="threshold")
    keys = [key for box in figure.data for key in box.customdata]
    assert sorted(keys) == sorted(row.key for row in rows if row.method == "naive")
    assert [len(box.y) for box in figure.data] == [2, 2]
