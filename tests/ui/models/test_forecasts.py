"""The seconds beside Run: from the controls' values to what is shown, and what is learned from every run."""

from __future__ import annotations

from dataclasses import replace

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from teacache.errors import RequestError
from teacache.models.catalog import CARDS
from teacache.models.memory import Machine
from teacache.models.pace import SLOT
from teacache.runs.request import Request
from ui import routes
from ui.controls import controls, modelcard
from ui.controls.form import Form
from ui.library.library import RECORDED, Library
from ui.models.forecasts import Forecasts
from ui.models.hardware import here
from ui.models.models import Models

GPU = Machine(host_gb=64, gpu="NVIDIA A100-SXM4-80GB", gpu_gb=85)


@pytest.fixture
def on_a_gpu(library):
    return Forecasts(Models(machine=GPU), library)


@pytest.fixture
def client(on_a_gpu, library):
    return TestClient(Starlette(routes=routes.routes(on_a_gpu._models, library, on_a_gpu)))


def test_a_large_model_is_foretold_by_what_is_published(client):
    told = client.get("/teacache/forecast", params={"model": "wan-1.3b", "threshold": "0.08"}).json()
    assert told["source"] == "published" and told["slot"] is None
    assert (told["uncached"], told["cached"]) == (175, pytest.approx(88, abs=0.2))
    assert told["seconds"] == pytest.approx(278, abs=0.2)


def test_steps_threshold_demo_and_the_schedule_on_screen_count(client):
    def asked(**values):
        values = {"model": "wan-1.3b", "threshold": "0.08", **values}
        return client.get("/teacache/forecast", params=values).json()

    assert asked(steps="25")["uncached"] == 87.5
    assert asked(share="0.2")["cached"] == 35
    assert asked(threshold="0")["cached"] == 175
    small = CARDS["wan-1.3b"].demo
    assert asked(demo="1")["uncached"] < 175 * small.steps / 50 / 2


@pytest.mark.parametrize(
    "asked", [{"model": "nothing"}, {"steps": "x"}, {"threshold": "-1"}, {"steps": "0.5"}, {"steps": "inf"}]
)
def test_what_cannot_be_run_is_answered_with_a_sentence(client, asked):
    answer = client.get("/teacache/forecast", params={"model": "wan-1.3b", **asked})
    assert answer.status_code == 400 and answer.text.endswith(".")


def test_a_picture_is_not_asked_for_in_a_forecast(client):
    assert client.get("/teacache/forecast", params={"model": "wan-i2v-480p"}).json()["seconds"] > 0


def test_a_run_made_here_is_what_the_next_forecast_goes_by(engine, library):
    request = Request(model="tiny", prompt="a red ball", steps=4).checked(engine.models.card("tiny"))
    assert engine.forecasts.of(request) is None
    *_, last = engine.run(request, with_rivals=False)
    told = engine.forecasts.of(request)
    assert told.source == "measured"
    assert told.uncached == last.stored.uncached_timings.denoising
    again = Forecasts(engine.models, Library(library.made.folder, RECORDED))  # after a restart
    assert again.of(request) == told


def test_without_a_gpu_shapes_is_foretold_by_a_recorded_run(tmp_path):
    models = Models(machine=Machine(host_gb=16))
    told = Forecasts(models, Library(tmp_path)).told({"model": "shapes", "steps": "50"})
    assert told["source"] == "recorded" and 1 < told["seconds"] < 60
    assert Forecasts(models, Library(tmp_path)).told({"model": "wan-1.3b"})["seconds"] is None


def zero(monkeypatch):
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    monkeypatch.setenv("SPACE_ID", "somebody/teacache")
    models = Models(machine=Machine(host_gb=64), first="wan-1.3b")
    models._placed = ("wan-1.3b",)
    assert models.hardware.kind == "zero"
    return models


def test_on_a_borrowed_gpu_the_demo_size_is_chosen_and_what_is_too_long_says_so(monkeypatch, library):
    models = zero(monkeypatch)
    card = models.card("wan-1.3b")
    begun = modelcard.begun(models, card, controls.start_form(card, None))
    assert begun.demo and begun.steps == card.demo.steps
    forecasts = Forecasts(models, library)
    assert forecasts.told({"model": "wan-1.3b"})["seconds"] > SLOT
    told = forecasts.told({"model": "wan-1.3b", "demo": "1"})
    assert told["seconds"] < told["slot"] == SLOT


def test_a_demo_run_is_of_the_demo_s_size():
    form = Form(threshold=0.05, model="wan-1.3b", prompt="a red ball", seed=0)
    assert not modelcard.begun(Models(machine=GPU), CARDS["wan-1.3b"], form).demo
    asked = controls.request(Models(machine=GPU), replace(form, demo=True)).checked(CARDS["wan-1.3b"])
    small = CARDS["wan-1.3b"].demo
    assert (asked.steps, asked.size) == (small.steps, (small.frames, small.height, small.width))
    assert modelcard.is_demo(CARDS["wan-1.3b"], asked)  # opened again, it stands in the form
    full = controls.request(Models(machine=GPU), form).checked(CARDS["wan-1.3b"])
    assert not modelcard.is_demo(CARDS["wan-1.3b"], full)
    assert full.size == (81, 480, 832)


def test_where_a_server_runs_is_one_sentence_on_a_space_and_none_elsewhere():
    space = {"SPACE_ID": "somebody/teacache", "CPU_CORES": "2"}
    basic = here(space, Machine(host_gb=16))
    assert (basic.kind, basic.device) == ("cpu", "cpu")
    assert basic.reason.startswith("this Space has 2 processor cores, 16 GB of memory and no GPU")
    own = here(space, GPU)
    assert (own.kind, own.device) == ("gpu", GPU.gpu) and GPU.gpu in own.reason
    assert here({}, GPU).reason == here({}, Machine(host_gb=16)).reason == ""
    borrowed = here({**space, "SPACES_ZERO_GPU": "true"}, Machine(host_gb=60))
    assert borrowed.kind == "zero" and borrowed.machine.host_gb == 60 and borrowed.machine.gpu_gb > 70


@pytest.mark.parametrize("asked", [{"steps": "0"}, {"steps": "9999"}, {"steps": "nan"}, {"share": "inf"}])
@pytest.mark.parametrize("model", ["wan-1.3b", "cogvideox-5b-i2v"])
def test_what_no_run_could_be_has_no_forecast_whether_it_begins_with_an_image_or_not(library, model, asked):
    forecasts = Forecasts(Models(machine=GPU), library)
    assert forecasts.told({"model": model})["seconds"] > 0
    with pytest.raises(RequestError):
        forecasts.told({"model": model} | asked)
