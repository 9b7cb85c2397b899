"""A small sweep, run once: two prompts, four methods, two budgets, eight steps of a tiny pipeline."""

import pytest

from teacache.study.collect import Setup
from teacache.study.prompts import prompts_for
from teacache.study.sweep.hands import InProcess
from teacache.study.sweep.plan import Plan
from teacache.study.sweep.run import calibration_traces, sweep
from teacache.study.sweep.store import Store

METHODS = ("teacache", "naive", "uniform", "fewer_steps")
BUDGETS = (5, 3)


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    """What the sweeps of these tests keep of uncached runs."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setattr("teacache.study.collect.CACHE", folder)
        yield folder


@pytest.fixture(scope="session")
def hands(pipe):
    return InProcess(pipe)


@pytest.fixture(scope="session")
def setup(pipe):
    return Setup(model=pipe.teacache_card.name, steps=8, guidance_scale=3.0)


@pytest.fixture(scope="session")
def traces(hands, setup, cache):
    return calibration_traces(hands, setup, prompts_for("calibration", 3))


@pytest.fixture(scope="session")
def plan(hands, setup, traces):
    own = hands.card.settings()
    levels = hands.levels(METHODS, BUDGETS, setup.steps, traces, own)
    prompts = tuple(prompts_for("evaluation", 2))
    return Plan(setup=setup, prompts=prompts, levels=levels, settings=own)


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    return Store(tmp_path_factory.mktemp("sweep"))


@pytest.fixture(scope="session")
def rows(hands, plan, store):
    return sweep(hands, plan, store)
