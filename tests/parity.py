"""The authors' own runs, in whatever folder `--golden` names: which there are, and at which thresholds.

One folder a system. A folder without some system skips that system's tests; one without any fails
tests/test_golden.py.
"""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from safetensors.torch import load_file

SYSTEMS = ("latte", "cogvideox_2b", "cogvideox_5b", "opensora12", "opensoraplan110")
TOLERANCE = 1e-5  # of the largest value


def each_run(*systems):
    """`pytest_generate_tests` of a module: `system` and `name`, of a run, take all values that there are."""

    def generate(metafunc):
        golden = metafunc.config.getoption("golden")
        there = [system for system in systems if (golden / system).is_dir()]
        if "name" not in metafunc.fixturenames:
            runs = [{"system": system} for system in there]
        else:
            runs = [{"system": s, "name": n} for s in there for n in _json(golden / s, "decisions")]
        asked = [word for word in ("system", "name") if word in metafunc.fixturenames]
        if asked:
            values = [tuple(run[word] for word in asked) for run in runs]
            metafunc.parametrize(asked, values, scope="module")

    return generate


def found(file: Path) -> Path:
    """A file or folder of the golden data; a test of what is not there is skipped."""
    if not file.exists():
        pytest.skip(f"{file} is not there")
    return file


def read(folder: Path) -> SimpleNamespace:
    """All that every system has: config, decisions, and tensors of single calls and of runs."""
    return SimpleNamespace(
        folder=found(folder),
        config=_json(folder, "config"),
        decisions=_json(folder, "decisions"),
        forward=load_file(folder / "forward.safetensors"),
        sampling=load_file(folder / "sampling.safetensors"),
    )


def threshold(name: str) -> float:
    """Of a run by its name, "baseline..." or "teacache_<threshold>..."."""
    said = re.match(r"teacache_([\d.]+)", name)
    return float(said[1]) if said else 0.0


def assert_near(got, wanted):
    """The same numbers, but for what the order of additions makes of them."""
    assert got.shape == wanted.shape
    assert (got - wanted).abs().max() <= TOLERANCE * wanted.abs().max()


def assert_decisions(records, theirs, *, cached: bool):
    """Every record's distance, sum and reason are those of their list, which `cached` runs have."""
    for record, their in zip(records, theirs, strict=True):
        assert record.computed == their["calculated"]
        if not cached:
            assert record.reason == "off"
            continue
        distance = their["rel_l1"] and pytest.approx(their["rel_l1"], rel=TOLERANCE)
        assert record.indicator_distance == distance
        assert (record.reason in ("first", "last")) == their["forced"]
        if not record.computed:
            assert record.accumulated_distance == pytest.approx(their["acc_after"], rel=TOLERANCE)


def _json(folder: Path, name: str):
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
