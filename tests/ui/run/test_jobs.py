"""What needs the model is asked and answered with plain data, so that it can be another process."""

from __future__ import annotations

import io
import pickle
from dataclasses import replace

import pytest
import torch

from teacache.method.gate import Settings
from teacache.models.pace import SLOT
from teacache.runs.request import Request
from ui.models.lent import Lent
from ui.run.jobs import JOBS


class Plain(pickle.Pickler):
    """Refuses whatever belongs to a device."""

    def persistent_id(self, value):
        assert not isinstance(value, torch.Tensor | torch.nn.Module | torch.Generator), type(value)
        return


def travelled(value):
    """As another process gets it."""
    data = io.BytesIO()
    Plain(data).dump(value)
    return pickle.loads(data.getvalue())


@pytest.fixture(scope="module")
def asked():
    return Request(model="tiny", prompt="a red ball", steps=6, settings=Settings(threshold=0.3))


@pytest.fixture
def finished(engine, asked):
    *_, last = engine.run(asked, with_rivals=False)
    return last.stored


def answers(engine, name, *given):
    return [travelled(answer) for answer in engine.work(name, *travelled(given))]


def test_a_comparison_and_its_rivals_travel(engine, asked):
    *_, last = answers(engine, "compare", asked, 2)
    comparison = last.comparison
    rivals = answers(engine, "rivals", comparison.request, comparison, ["uniform", "fewer_steps"])
    assert [rival.name for rival in rivals if rival] == ["uniform", "fewer_steps"]


def test_what_is_made_of_a_finished_run_travels(engine, finished):
    request = finished.request
    assert answers(engine, "third", request, finished.cached, None)[-1].steps > 1
    assert {row.name for row in answers(engine, "race", request, ["uniform"]) if hasattr(row, "run")} == {
        "teacache",
        "uniform",
    }
    computed = finished.cached.computed_calls
    assert answers(engine, "signals", request, computed, ["latent"])[-1].name == "latent"
    first, *rows = answers(engine, "damage", request, (2,))
    assert first is False and rows[-1].step == 2


def test_every_job_says_for_how_long_it_needs_a_gpu(engine, asked, finished):
    request = asked.checked(engine.models.card("tiny"))
    assert 0 < JOBS["compare"].seconds(engine, request, 5) < 60  # one was measured
    left_open = replace(asked, frames=None, guidance_scale=None)  # what is not said is the model's own
    assert JOBS["compare"].seconds(engine, left_open, 5) > 0
    assert {JOBS[name].seconds(engine, request) for name in ("race", "signals", "damage")} == {SLOT}


def test_an_uncached_run_is_lent_whatever_the_threshold_and_to_no_other_noise(engine, asked):
    checked = asked.checked(engine.models.card("tiny"))
    *_, last = answers(engine, "compare", checked, 0)
    lent = Lent()
    lent.put(checked, last.comparison.uncached)
    assert lent.get(travelled(checked)) is last.comparison.uncached
    bolder = Request(**vars(checked) | {"settings": Settings(threshold=0.9)})
    assert lent.get(bolder) is not None
    for other in ({"seed": 1}, {"steps": 5}, {"prompt": "a blue ball"}, {"guidance_scale": 2.0}):
        assert lent.get(Request(**vars(checked) | other)) is None
