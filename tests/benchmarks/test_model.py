"""The benchmark of a model measures what it says."""

import pytest

from benchmarks.model import memory_row, speed_rows
from benchmarks.page import _shown
from teacache.models import load
from tests import tiny_latte


@pytest.fixture(scope="module")
def pipe(tmp_path_factory):
    return load(tiny_latte.save(tmp_path_factory.mktemp("models") / "tiny"), device="cpu")


def test_every_figure_is_measured(pipe):
    rows = {row.name: row for row in speed_rows(pipe, steps=8, repeats=2)}
    assert rows["TeaCache 2x: ideal speedup"].value >= 2
    assert rows["TeaCache 4x: ideal speedup"].value >= 4
    assert all(row.value is not None and row.value > 0 for name, row in rows.items() if "clock" not in name)
    assert rows["decision and trace, by the recorder's clock"].value > 0


def test_memory_is_compared_with_what_it_was_after_warming_up(pipe):
    row = memory_row(pipe, steps=3, runs=6)
    assert "peak" in row.note and "number 5" in row.note
    assert -50 < row.value < 50


def test_of_states_painted_in_one_frame_only_the_last_was_seen():
    painted = [{"n": 1, "painted": 10.0}, {"n": 2, "painted": 26.0}, {"n": 3, "painted": 26.0}]
    assert _shown(painted) == {1: 10.0, 3: 26.0}
