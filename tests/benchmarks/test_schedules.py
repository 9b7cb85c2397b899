"""The table of planned schedules: every method at one budget on the same noise, by rows that come back."""

import json
from dataclasses import asdict

import pytest

from benchmarks import schedules
from benchmarks.schedules_table import table
from teacache.method.planned import Planned
from teacache.models import load
from teacache.study.collect import setup_of
from teacache.study.schedules import uniform
from tests import tiny_latte

STEPS, BUDGET = 5, 3
PLANNED = Planned(schedule=(True, True, False, True, False), order=1)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("teacache.study.collect.CACHE", tmp_path_factory.mktemp("cache"))
        patch.setattr(schedules, "CALIBRATION", 1)
        pipe = load(tiny_latte.save(tmp_path_factory.mktemp("models") / "tiny"), device="cpu")
        setup = setup_of(pipe, steps=STEPS, guidance=None, flow_shift=None, seed=0)
        yield schedules.Study(pipe, setup, [PLANNED])


@pytest.fixture(scope="module")
def rows(study):
    return list(study.rows(0, "a red ball"))


def test_every_method_is_judged_at_the_budget(rows):
    assert [row.method for row in rows] == ["teacache", "planned", "uniform", "searched"]
    assert [row.computed for row in rows[1:]] == [BUDGET] * 3
    assert rows[2].schedule == "".join(str(int(step)) for step in uniform(STEPS, BUDGET))
    assert all(0 < row.psnr <= 100 for row in rows)


def test_only_what_is_missing_is_run(study, rows):
    assert list(study.rows(0, "a red ball", known=rows)) == []
    (again,) = study.rows(0, "a red ball", known=[row for row in rows if row.method != "uniform"])
    assert again == rows[2]


def test_a_schedule_that_was_planned_before_counts_as_a_try(study, rows):
    old = rows[1].replaced(schedule="11100")
    assert [row.method for row in study.current([old, rows[1]])] == ["candidate", "planned"]


def test_rows_come_back_and_make_a_table(rows, tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(asdict(row)) + "\n" for row in rows))
    assert schedules.read(path) == rows
    told = [row.replaced(psnr=psnr) for row, psnr in zip(rows, (30.0, 36.0, 20.0, 38.0), strict=True)]
    line = table(told).splitlines()[-1]
    assert "+6.00" in line and "38.00" in line and "75 %" in line
