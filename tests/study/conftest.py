"""A real pipeline for the studies: tiny, with random weights."""

import pytest

from teacache.models import load
from teacache.study import collect
from tests import tiny_latte


@pytest.fixture(scope="session")
def pipe(tmp_path_factory):
    return load(tiny_latte.save(tmp_path_factory.mktemp("models") / "tiny"), device="cpu")


@pytest.fixture
def cache_folder(tmp_path, monkeypatch):
    """What studies keep between runs goes to a folder of the test's own."""
    monkeypatch.setattr(collect, "CACHE", tmp_path / "cache")
    return tmp_path / "cache"
