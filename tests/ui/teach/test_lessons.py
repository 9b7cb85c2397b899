"""What the tour needs besides the run on screen: latents, a curve, where TeaCache loses its lead."""

from __future__ import annotations

import base64
from dataclasses import asdict

import numpy as np
import pytest
import torch
from starlette.applications import Starlette
from starlette.testclient import TestClient

from teacache.runs.request import Request
from tests.ui.base.test_scripts import fields_of
from tools import record_lessons
from ui.library import latents, limits
from ui.library.library import RECORDED, Library
from ui.models.models import Models
from ui.screen import facts
from ui.teach import lessons
from ui.teach.routes import routes
from ui.words.texts import texts


@pytest.fixture(scope="module")
def client():
    return TestClient(Starlette(routes=routes(Models(), Library())))


def pixels(kept: dict) -> np.ndarray:
    """(steps, height, width, 3)."""
    raw = np.frombuffer(base64.b64decode(kept["rgb"]), np.uint8)
    return raw.reshape(len(kept["steps"]), kept["height"], kept["width"], 3)


def test_a_picture_is_the_middle_frame_of_three_channels():
    made = np.zeros((8, 5, 2, 4), np.float32)
    made[1, 2] = 9.0  # the middle frame's green
    picture = latents.picture(made)
    assert picture.shape == (2, 4, 3)
    assert (picture[..., 1] == 255).all() and (picture[..., [0, 2]] == 128).all()


def test_latents_come_back_as_they_were_kept(tmp_path):
    made = {step: np.full((2, 3, 3), 10 * step, np.uint8) for step in (4, 0)}
    latents.save(tmp_path, made)
    kept = latents.read(tmp_path)
    assert kept["steps"] == [0, 4]
    assert (pixels(kept)[1] == 40).all()
    assert fields_of("Latents") == set(kept)


def test_the_first_and_the_last_step_are_kept_of_any_number():
    for steps in (1, 2, 6, 17, 50, 100):
        kept = latents.moments(steps)
        assert kept[0] == 0 and kept[-1] == steps - 1 and len(kept) <= latents.MOST


def test_what_the_first_step_is_given_is_the_noise_of_the_seed(tiny_models, tmp_path):
    pipe = tiny_models.get(tiny_models.default)
    asked = Request(model=pipe.teacache_card.name, prompt="a ball", seed=3, steps=4).checked(
        pipe.teacache_card
    )
    seen = []
    handle = pipe.transformer.register_forward_pre_hook(
        lambda module, args, given: seen.append(given.get("hidden_states", args and args[0])[0].clone()),
        with_kwargs=True,
    )
    record_lessons.add_latents(pipe, asked, tmp_path)
    handle.remove()
    kept = latents.read(tmp_path)
    assert kept["steps"] == [0, 1, 2, 3]
    assert (pixels(kept)[0] == latents.picture(torch.as_tensor(seen[0]).float().numpy())).all()


class Bare(torch.nn.Module):
    def forward(self, hidden_states, timestep):
        return hidden_states


def test_latents_are_told_by_step_also_where_each_branch_of_guidance_is_a_call():
    given = [torch.randn(1, 16, 1, 4, 4) for _ in range(3)]
    transformer = Bare()
    with record_lessons.inputs(transformer, [0, 2]) as pictures:
        for step, states in enumerate(given):
            for _branch in range(2):
                transformer(hidden_states=states, timestep=torch.tensor([900.0 - step]))
    assert list(pictures) == [0, 2]
    for step, picture in pictures.items():
        assert (picture == latents.picture(given[step][0].numpy())).all()


def test_every_run_that_ships_has_its_latents_noise_first():
    for run in Library().recorded:
        kept = facts.facts(Library(), run.run_id)["latents"]
        moments = latents.moments(run.request.steps)
        assert kept["steps"] == (moments if len(moments) <= latents.FEW else moments[::2])
        spread = pixels(kept).astype(float).std(axis=(1, 2, 3))
        assert spread[0] == pytest.approx(48, rel=0.15), "standard normal noise, as latents.py paints it"


def test_the_curve_is_of_one_prompt_and_every_point_can_be_opened(client):
    told = client.get("/teacache/tour").json()
    assert fields_of("Course") == set(told)
    assert [curve["model"] for curve in told["curves"]] == ["scenes", "shapes"]
    curve = told["curves"][0]
    assert fields_of("Curve") == set(curve)
    points = curve["points"]
    assert fields_of("ThresholdPoint") == set(points[0])
    own = Library().load(curve["run"])
    thresholds = [point["threshold"] for point in points]
    assert thresholds == sorted(thresholds) and own.cached.settings.threshold in thresholds
    rungs = facts.facts(Library(), curve["run"])["ladder"]["rungs"]
    assert len(points) == len(rungs) + 1


def test_the_answer_of_the_curve_does_not_hang_on_a_hair(client):
    """PSNR and computed calls come out the same at every run; no point lies at the limit."""
    for curve in client.get("/teacache/tour").json()["curves"]:
        points = curve["points"]
        assert min(abs(point["psnr"] - 35) for point in points) > 0.3
        good = sorted(point["computed"] for point in points if point["psnr"] >= 35)
        assert good[0] < good[1]


def test_the_notebook_is_served_and_linked(client):
    told = client.get("/teacache/tour").json()
    assert client.get("/" + told["notebook"]).json()["nbformat"] == 4


def test_the_setups_that_ship_are_those_of_the_tool_and_have_their_words():
    kept = limits.read(RECORDED)
    assert [limit["name"] for limit in kept] == [setup.name for setup in record_lessons.SETUPS]
    assert all(fields_of("Limit") == set(limit) for limit in kept)
    for limit in kept:
        assert sum(limit["first"].values()) == limit["prompts"]
        words = {f"limit_{limit['name']}", f"limit_{limit['name']}_why"}
        assert limit["name"] == "usual" or words <= set(texts("en"))


def test_the_setups_are_what_the_last_lesson_says_of_them():
    """Figures that say otherwise need another lesson."""
    by_name = {limit["name"]: limit for limit in limits.read(RECORDED)}
    nearest = {name: max(limit["psnr"], key=limit["psnr"].__getitem__) for name, limit in by_name.items()}
    assert nearest["usual"] == nearest["no_guidance"] == "teacache"
    assert "teacache" not in (nearest["few_steps"], nearest["shift"])
    usual = by_name["usual"]
    assert by_name["no_guidance"]["correlation"] < usual["correlation"]
    assert by_name["no_guidance"]["first"]["teacache"] < by_name["no_guidance"]["prompts"]
    assert all(by_name[name]["spread"] < usual["spread"] for name in ("few_steps", "shift"))


def test_a_setup_is_measured_with_all_methods_at_one_cost(tiny_models, monkeypatch, tmp_path):
    pipe = tiny_models.get(tiny_models.default)
    monkeypatch.setattr(record_lessons, "TAKES", record_lessons.TAKES[:1])
    monkeypatch.setattr(record_lessons, "shift_scheduler", lambda pipe, shift: None)
    made = record_lessons.measure(pipe, record_lessons.Setup("usual", speedup=1.5, steps=6))
    assert set(made.psnr) == {"teacache", "uniform", "fewer_steps"} and made.computed < 6
    limits.add(tmp_path, made, order=["usual"])
    assert limits.read(tmp_path) == [asdict(made)]


def test_a_server_without_a_curve_or_a_notebook_says_so(library, monkeypatch, tmp_path):
    monkeypatch.setattr(lessons, "NOTEBOOK", tmp_path / "none.ipynb")
    told = lessons.lessons(library)
    assert told["curves"] == [] and told["notebook"] is None and told["limits"] == []
    client = TestClient(Starlette(routes=routes(Models(), library)))
    assert client.get("/teacache/course.ipynb").status_code == 404
