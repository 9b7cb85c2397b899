"""The notebook for a course runs from top to bottom as printed, and its figures and numbers come out."""

import contextlib
import io
import json
import re
from pathlib import Path

import plotly.graph_objects as go
import pytest

NOTEBOOK = Path(__file__).resolve().parents[1] / "docs" / "course.ipynb"


@pytest.fixture(scope="module")
def cells():
    return ["".join(cell["source"]) for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
            if cell["cell_type"] == "code"]  # fmt: skip


@pytest.fixture(scope="module")
def ran(cells, tmp_path_factory):
    """What each cell printed, and the value that a notebook shows under it."""
    names, found = {}, []
    for place, cell in enumerate(cells):
        out = io.StringIO()
        lines = cell.strip().splitlines()
        shown = lines[-1] if re.match(r"figure\(", lines[-1]) else None
        body = lines[:-1] if shown else lines
        with contextlib.redirect_stdout(out):
            exec(compile("\n".join(body), f"cell {place + 1}", "exec"), names)
            value = eval(shown, names) if shown else None
        found.append((out.getvalue(), value))
    return found


def test_every_cell_runs_and_shows_something(cells, ran):
    assert len(ran) == len(cells) == 9
    silent = [place for place, (text, value) in enumerate(ran) if not text and value is None]
    assert silent == [0]  # the imports


def test_its_figures_are_plotly_figures(ran):
    assert sum(isinstance(value, go.Figure) for _, value in ran) == 2


def test_fidelity_falls_as_the_threshold_rises(ran):
    decibels = [float(found) for text, _ in ran for found in re.findall(r"computed, ([\d.]+) dB", text)]
    assert len(decibels) == 3 and decibels == sorted(decibels, reverse=True)


def test_what_is_committed_holds_no_output():
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    assert not any(cell.get("outputs") for cell in cells)
