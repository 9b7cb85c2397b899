"""Runs to show: a made-up one that is quick to store, and the tiny pipeline for real ones."""

from __future__ import annotations

import dataclasses

import pytest

from teacache.method.gate import Settings
from teacache.method.trace import StepRecord, Trace
from teacache.runs.store import Store
from tests.runs import samples, tiny
from tests.tiny import folders
from tools.serving import HOST, free_port
from ui.base.options import Options
from ui.library.library import Library
from ui.models.models import Models
from ui.run.engine import Engine
from ui.server import launch


def trace(distances=(None, 0.05, 0.02, 0.04, 0.03, 0.06), threshold=0.08) -> Trace:
    """A trace whose decisions are those of the gate at its own threshold."""
    from teacache.study.replay import replay

    settings = Settings(threshold=threshold)
    bare = [
        StepRecord(
            call=i,
            step=i,
            timestep=900.0 - i,
            branch="batched",
            indicator_distance=d,
            computed=True,
            reason="first",
        )
        for i, d in enumerate(distances)
    ]
    made = dataclasses.replace(samples.trace(), steps=len(bare), settings=settings, records=tuple(bare))
    decided = zip(bare, replay(made, settings), strict=True)
    records = tuple(
        dataclasses.replace(
            r,
            computed=d.computed,
            reason=d.reason,
            estimated_distance=d.estimated,
            accumulated_distance=d.accumulated,
        )
        for r, d in decided
    )
    return made.with_records(records)


@pytest.fixture
def recorded(tmp_path):
    """A folder with one recorded run, called 1-sample."""
    made = samples.comparison("1-sample")
    cached = dataclasses.replace(made.cached, trace=trace())
    Store(tmp_path / "recorded").save(dataclasses.replace(made, cached=cached, rivals=()))
    return tmp_path / "recorded"


@pytest.fixture
def library(tmp_path, recorded):
    return Library(tmp_path / "made", recorded)


@pytest.fixture(scope="session")
def tiny_server(tmp_path_factory):
    """The models of a server whose first is the tiny pipeline."""
    return Models(str(tiny.save(tmp_path_factory.mktemp("model") / "tiny")))


@pytest.fixture(scope="module")
def tiny_models(tiny_server):
    """The tiny pipeline as the server's model, loaded: also where a page of other tests asked for another."""
    tiny_server.get(tiny_server.default)
    return tiny_server


@pytest.fixture(scope="session")
def folder_models(tmp_path_factory):
    """A function from a name of tests/tiny/folders.py to the models of a server started with that folder."""
    place, made = tmp_path_factory.mktemp("folders"), {}

    def get(name: str) -> Models:
        if name not in made:
            made[name] = Models(str(folders.save(name, place)))
        made[name].get(name)
        return made[name]

    return get


@pytest.fixture
def engine(tiny_models, library):
    return Engine(tiny_models, library)


@pytest.fixture(scope="session")
def served(tiny_server, tmp_path_factory):
    """A function from options to the address of the whole server in this process, with the tiny model.

    The same options, the same server; its runs are kept in a folder of its own, `served.folder`.
    """
    folder, made = tmp_path_factory.mktemp("served"), {}
    comparison = samples.comparison("1-sample")
    cached = dataclasses.replace(comparison.cached, trace=trace())
    Store(folder / "recorded").save(dataclasses.replace(comparison, cached=cached, rivals=()))

    def get(**options) -> str:
        key = tuple(sorted(options.items()))
        if key not in made:
            library = Library(folder / f"made-{len(made)}", folder / "recorded")
            asked = Options(host=HOST, port=free_port(), browser=False, **options)
            made[key] = launch(Engine(tiny_server, library, asked), asked)
        return made[key].local_url.rstrip("/")

    get.folder = folder
    yield get
    for page in made.values():
        page.close(verbose=False)
