"""The table of planned schedules: every method at one budget on the same noise, by rows that come back."""

import json
from dataclasses import asdict

import pytest

from benchmarks import schedules
from teacache.method.planned import Planned
from teacache.models import load
from teacache.study.collect import setup_of
from teacache.study.schedules import uniform
from tests import tiny_latte

STEPS, BUDGET = 5, 3


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    pipe = load(tiny_latte.save(tmp_path_factory.mktemp("models") / "tiny"), device="cpu")
    setup = setup_of(pipe, steps=STEPS, guidance=None, flow_shift=None, seed=0)
    planned = Planned(schedule=(True, True, False, True, False), order=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schedules, "shipped", lambda model: (planned,))
        patch.setattr(schedules, "CALIBRATION", 1)
        thresholds = schedules.chosen(pipe, setup)
        return list(schedules.judged(pipe, setup, 0, "a red ball", thresholds))


def test_every_method_is_judged_at_the_budget(rows):
    assert [row.method for row in rows] == ["teacache", "planned", "uniform"]
    assert [row.computed for row in rows[1:]] == [BUDGET, BUDGET]
    assert rows[2].schedule == "".join(str(int(step)) for step in uniform(STEPS, BUDGET))
    assert all(0 < row.psnr <= 100 for row in rows)


def test_rows_come_back_and_make_a_table(rows, tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(asdict(row)) + "\n" for row in rows))
    assert schedules.read(path) == rows
    assert f"{rows[1].psnr:.2f} (3.0)" in schedules.table(rows)
