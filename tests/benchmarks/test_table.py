"""A benchmark's verdict is what its numbers say."""

import json

import pytest

from benchmarks import table
from benchmarks.table import Row, as_text, save


@pytest.mark.parametrize(
    "value, goal, at_least, verdict",
    [(0.9, 1, False, "pass"), (1.1, 1, False, "miss"), (0.98, 0.97, True, "pass"), (0.9, 0.97, True, "miss")],
)
def test_a_goal_is_met_or_missed(value, goal, at_least, verdict):
    assert Row(name="x", value=value, goal=goal, at_least=at_least).verdict == verdict


def test_what_was_not_measured_is_no_pass():
    assert Row(name="x", value=None, goal=1).verdict == "not measured"
    assert Row(name="x", value=1).verdict == ""


def test_rows_are_kept_as_json_and_markdown(tmp_path, monkeypatch):
    monkeypatch.setattr(table, "RESULTS", tmp_path / "results")
    rows = [Row(name="run", value=1.25, unit="s", goal=1, note="three repeats")]
    path = save(rows, {"cores": 2}, quick=True)
    assert as_text(rows) in path.read_text() and "cores 2" in path.read_text()
    kept = json.loads(path.with_suffix(".json").read_text())
    assert kept["rows"][0]["verdict"] == "miss" and kept["quick"] is True
