"""Every pipeline class of diffusers whose transformer TeaCache knows, in every way that it can be called.

`make test` takes one of each kind, `make exhaustive` all; `python -m tests.sweep` prints them as a table.
"""

from __future__ import annotations

import re
from collections.abc import Hashable

import pytest

from teacache.method.architectures import ARCHITECTURES
from tests.representative import one_of_each
from tests.sweep import calls, classes
from tests.sweep.build import CannotBuild, build
from tests.sweep.modes import modes
from tests.sweep.sweeping import KNOWN, NOT_BUILT, NOT_RUN, names, sweep

CLASSES = classes.every_class()
pytestmark = pytest.mark.slow


def test_all_pipelines_can_be_imported():
    assert not [name for name in classes.not_importable() if name.rpartition(".")[2].startswith("pipeline_")]


def test_every_architecture_has_a_pipeline():
    swept = set().union(*(classes.transformers_of(kind) for kind in CLASSES.values()))
    assert swept == ARCHITECTURES.keys() - {"STDiT3"}  # Open-Sora's, which is not in diffusers


def kinds(name: str) -> set[Hashable]:
    """How it is called, as its name says; its transformers are run by tests/method."""
    ways = re.findall(r"Modular|Img2Img|Inpaint|ControlNet|Edit|Control|ToVideo|Condition|Forcing|PAG", name)
    return {"known" if name in CLASSES else name, *ways}


@pytest.mark.parametrize("name", one_of_each(names(), kinds))
def test_sweep(name):
    results = list(sweep(name))
    assert not [str(result) for result in results if result.unexpected]
    wrong = {result.mode for result in results if result.faults}
    assert wrong == KNOWN.get(name, {}).keys(), "works now: take it out of KNOWN"


@pytest.mark.parametrize("name", sorted(NOT_BUILT))
def test_what_cannot_be_built(name):
    with pytest.raises(CannotBuild):
        build(CLASSES[name])


@pytest.mark.parametrize("name, mode", [(name, mode) for name, found in NOT_RUN.items() for mode in found])
def test_what_breaks_without_the_cache_too(name, mode):
    pipe = build(CLASSES[name])
    given = {**calls.arguments(pipe, 3), **modes(pipe)[mode](pipe)}
    with calls.small(), pytest.raises(Exception):  # noqa: B017 - whatever it is, it is not ours
        pipe(**given)
