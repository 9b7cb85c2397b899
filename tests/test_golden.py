"""The parity data themselves: what a folder must hold for the tests on it to prove anything."""

import json
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests import parity


@pytest.fixture(params=parity.SYSTEMS)
def system(golden, request):
    return parity.read(golden / request.param)


def test_a_folder_holds_some_system_and_the_one_of_these_tests_all(golden):
    assert any((golden / system).is_dir() for system in parity.SYSTEMS)
    assert all((Path(__file__).parent / "golden" / system).is_dir() for system in parity.SYSTEMS)


def test_runs_hold_computed_and_reused_calls_and_a_higher_threshold_computes_no_more(system):
    computed = []
    for name, decisions in system.decisions.items():
        assert len(decisions) == len(system.sampling[f"{name}/model_out"])
        share = sum(d["calculated"] for d in decisions) / len(decisions)
        computed.append((parity.threshold(name), share))
    assert {share for threshold, share in computed if not threshold} == {1.0}
    assert all(0 < share < 1 for threshold, share in computed if threshold)
    assert all(low[0] == high[0] or low[1] >= high[1] for low, high in pairwise(sorted(computed)))


def test_systems_and_runs_are_those_of_the_folder(tmp_path):
    """Other thresholds, and a system less: the tests follow without an edit."""
    (tmp_path / "latte").mkdir()
    (tmp_path / "latte" / "decisions.json").write_text(
        json.dumps({"baseline": [], "teacache_0.35_exact": []})
    )
    seen = []
    metafunc = SimpleNamespace(
        config=SimpleNamespace(getoption=lambda name: tmp_path),
        fixturenames=("system", "name"),
        parametrize=lambda words, values, scope: seen.extend(values),
    )
    parity.each_run("latte", "opensora12")(metafunc)
    assert seen == [("latte", "baseline"), ("latte", "teacache_0.35_exact")]
    assert [parity.threshold(name) for _, name in seen] == [0.0, 0.35]
