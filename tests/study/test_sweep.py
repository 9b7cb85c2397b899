"""A sweep gives every method the same budget, judges on prompts it did not choose on, and can go on."""

from types import SimpleNamespace

import pytest

from teacache.errors import RequestError
from teacache.models.catalog import CARDS
from teacache.study import collect
from teacache.study.calibrate import fit
from teacache.study.collect import Setup
from teacache.study.markdown import markdown
from teacache.study.prompts import prompts_for
from teacache.study.signals import facts
from teacache.study.sweep import METHODS, ROWS, baselines, plan, read_rows, sweep
from teacache.study.tables import facts_table, fit_lines, quality_table


@pytest.fixture(scope="module")
def traces(pipe, tmp_path_factory):
    setup = Setup(model=pipe.teacache_card.name, steps=8, guidance_scale=3.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(collect, "CACHE", tmp_path_factory.mktemp("cache"))
        return collect.collect(pipe, setup, prompts_for("calibration", 3))


@pytest.fixture(scope="module")
def planned(pipe, traces):
    setup = Setup(model=pipe.teacache_card.name, steps=8, guidance_scale=3.0)
    return plan(setup, (5, 3), traces, fit(traces))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("sweep")


@pytest.fixture(scope="module")
def swept(pipe, planned, folder):
    return sweep(pipe, planned, prompts_for("evaluation", 2), folder)


def test_every_prompt_meets_every_method_at_every_budget(swept):
    assert [(r.index, r.method, r.budget) for r in swept] == [
        (index, method, budget) for index in (0, 1) for method in METHODS for budget in (5, 3)
    ]


def test_fixed_methods_meet_their_budget_exactly_and_adaptive_ones_nearly(swept):
    for row in swept:
        if row.method in ("uniform", "fewer_steps"):
            assert row.computed == row.budget
        else:
            assert abs(row.computed - row.budget) <= 2
        assert 0 < row.psnr <= 100 and row.ssim <= 1


def test_an_impossible_budget_is_refused_before_anything_runs(planned, traces):
    with pytest.raises(RequestError, match="from 2 to 8"):
        plan(planned.setup, (9,), traces, planned.fit)


def test_an_interrupted_sweep_runs_only_what_is_missing(pipe, planned, swept, folder):
    rows_file = folder / ROWS
    lines = rows_file.read_text().splitlines(keepends=True)
    rows_file.write_text("".join(lines[:-2]) + lines[-2][:30])  # the last but one was cut off while written
    again = sweep(pipe, planned, prompts_for("evaluation", 2), folder)
    assert [(r.psnr, r.computed) for r in again] == [(r.psnr, r.computed) for r in swept]
    kept, new = again[:-2], again[-2:]
    assert kept == swept[:-2]  # seconds included: these were read, not run
    assert read_rows(rows_file)[-2:] == new


def test_baselines_of_a_sweep_can_be_measured(swept, folder):
    found = facts(baselines(folder, 2))
    assert found.runs == 2 and len(found.output_change) == 7
    assert found.ratio >= 1
    assert all(-1 <= c.pearson <= 1 for c in found.correlations.values())
    assert "modulated input" in facts_table(found)


def test_the_table_compares_each_method_with_fewer_steps(swept):
    table = quality_table(swept)
    assert len(table.splitlines()) == 2 + 2 * len(METHODS)
    row = next(line for line in table.splitlines() if "uniform reuse" in line)
    assert "±" in row and "5.0 of 8" in row
    assert "±" not in next(line for line in table.splitlines() if "fewer steps " in line and "5.0" in line)


def test_a_fit_reads_as_lines(planned):
    assert "R2" in fit_lines(planned.fit) and "21 pairs of 3 prompts" in fit_lines(planned.fit)


def test_a_markdown_table_is_aligned():
    assert markdown(["a", "long"], [["x", "y"]]) == "| a | long |\n|---|------|\n| x | y    |"


def test_sounds_are_not_judged_as_clips(tmp_path):
    with pytest.raises(RequestError, match="TangoFlux makes sounds"):
        sweep(SimpleNamespace(teacache_card=CARDS["tangoflux"]), None, [], tmp_path)
