"""What the diagram of the mechanism names, against the transformers themselves."""

from __future__ import annotations

from dataclasses import replace

import pytest
from diffusers import LatteTransformer3DModel
from starlette.applications import Starlette
from starlette.testclient import TestClient

from teacache.method.architectures import ARCHITECTURES
from teacache.models.catalog import CARDS, ROOT
from teacache.models.families import FAMILIES
from tests.ui.base.test_scripts import fields_of
from ui.mechanism.anatomy import anatomy, of_model
from ui.mechanism.depths import DEPTHS
from ui.models.models import Models
from ui.teach.routes import routes


@pytest.fixture
def run(library):
    return library.load("1-sample")


def test_of_the_embedded_model_everything_is_known(run):
    found = anatomy(CARDS, run)
    model = LatteTransformer3DModel.from_pretrained(ROOT / "assets" / "shapes", subfolder="transformer")
    assert found["transformer"] == type(model).__name__
    assert found["layers"] == sum(len(getattr(model, blocks)) for blocks in found["blocks"])
    assert found["width"] == model.proj_out.in_features
    assert set(found) == fields_of("Anatomy")


@pytest.mark.parametrize("pipeline", FAMILIES)
def test_every_family_has_blocks_and_no_depth_that_nobody_looked_up(run, pipeline):
    other = replace(run, cached=replace(run.cached, pipeline=pipeline))
    found = anatomy({}, other)
    known = ARCHITECTURES[FAMILIES[pipeline].transformer]
    assert found["blocks"] == list(known.blocks) and found["layers"] is found["width"] is None


def test_a_run_of_a_model_that_does_not_lie_here_has_the_depth_of_its_card(run):
    card = CARDS["hunyuan-video"]
    request = replace(run.request, model=card.name)
    other = replace(run, request=request, cached=replace(run.cached, pipeline=card.pipeline))
    found = anatomy(CARDS, other)
    assert (found["layers"], found["width"]) == (60, 3072)
    of_another = anatomy(CARDS, replace(other, cached=run.cached))  # a trace that names a model it is not of
    assert of_another["layers"] is of_another["width"] is None


def test_a_model_is_known_before_any_run_of_it_as_its_run_has_it(run):
    assert of_model(CARDS["shapes"]) == anatomy(CARDS, run)
    found = of_model(CARDS["hunyuan-video"])
    assert (found["model"], found["layers"], found["width"]) == (CARDS["hunyuan-video"].title, 60, 3072)


@pytest.mark.parametrize("name", DEPTHS)
def test_every_model_of_the_table_has_names_a_depth_and_a_signal(name):
    found = of_model(CARDS[name])
    assert found["blocks"] and found["layers"] == sum(DEPTHS[name].blocks) and found["width"]
    assert (found["signal"] == "embedding") == CARDS[name].latent_free


def test_a_trace_of_an_unknown_class_has_no_names(run):
    other = replace(run, cached=replace(run.cached, pipeline="SomebodysPipeline"))
    found = anatomy({}, other)
    assert found.pop("transformer") == found.pop("model") == "" and found.pop("blocks") == []
    assert set(found.values()) == {None}


def test_the_page_is_told_of_a_run_or_a_model_and_refused_for_another(library, run):
    client = TestClient(Starlette(routes=routes(Models(), library)))
    assert client.get(f"/teacache/teach/{run.run_id}/anatomy").json() == anatomy(CARDS, run)
    assert client.get("/teacache/teach/nothing/anatomy").status_code == 404
    assert client.get("/teacache/model/shapes/anatomy").json() == of_model(CARDS["shapes"])
    assert client.get("/teacache/model/nothing/anatomy").status_code == 404
