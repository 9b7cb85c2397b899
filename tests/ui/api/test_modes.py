"""A published mode, wherever it is chosen: in endpoints, in controls, in what is said of a model."""

from __future__ import annotations

import dataclasses
import json
from types import SimpleNamespace

import gradio as gr
import pytest

from teacache.method.settings import Settings
from teacache.models.catalog import CARDS
from teacache.models.memory import Machine
from teacache.study.replay import replay
from tests.ui.conftest import trace
from tests.ui.programs import requested
from ui.api.endpoints import Api
from ui.controls.form import Form
from ui.controls.modelcard import described
from ui.models.models import Models
from ui.run import model_choice

OWN = (False, 0, -1, 0)  # naive, first_steps, last_steps, max_reuses: all as the model has them


@pytest.fixture(scope="module")
def models():
    return Models(machine=Machine(host_gb=500))


@pytest.fixture(scope="module")
def api(models):
    return Api(SimpleNamespace(models=models, library=None))


def recorded(model: str, mode: str | None, *, latent_free=True, settings=None):
    """A run of a model in one of its modes, or decided by these settings, as a file's text."""
    made = trace((None, *(0.1 + 0.01 * step for step in range(11))))
    settings = settings or CARDS[model].settings(0.15, mode=mode)
    known = {"model": model, "pipeline": CARDS[model].pipeline, "latent_free": latent_free}
    made = dataclasses.replace(made, settings=settings, **known)
    return made, json.dumps(made.to_json())


@pytest.mark.parametrize("mode", ["authors", "retention"])
def test_a_what_if_uses_the_polynomial_that_reads_what_the_run_compared(api, mode):
    made, text = recorded("wan-1.3b", mode)
    decided = [d.computed for d in replay(made, made.settings)]
    assert api.what_if("", 0.15, "wan-1.3b", *OWN, text)["schedule"] == decided
    assert api.what_if("", 0.15, "", *OWN, text, mode)["schedule"] == decided
    assert api.what_if("", 0.15, "wan-1.3b", *OWN, text, mode)["schedule"] == decided


def test_a_what_if_on_another_tensor_is_refused_and_the_naive_one_never(api):
    kept, text = recorded("wan-1.3b", "retention")
    with pytest.raises(gr.Error, match=r"compared another tensor \(authors_retention\).*Wan.*\(authors\)"):
        api.what_if("", 0.15, "wan-1.3b", *OWN, text, "authors")
    _, plain = recorded("wan-1.3b", None, latent_free=False, settings=Settings(threshold=0.15))
    with pytest.raises(gr.Error, match=r"another tensor \(default\)"):
        api.what_if("", 0.15, "wan-1.3b", *OWN, plain)
    for given in (text, plain):
        assert api.what_if("", 0.15, "wan-1.3b", True, 0, -1, 0, given)["schedule"]


def test_a_polynomial_of_another_class_of_models_is_refused_and_the_naive_one_never(api):
    """Lumina's and FLUX's both read what the class is read by, yet not the same tensor."""
    _, text = recorded("lumina2", None, latent_free=False)
    with pytest.raises(gr.Error, match="one of Lumina2Pipeline, where the polynomial of FLUX.1-dev means"):
        api.what_if("", 0.15, "flux-dev", *OWN, text)
    assert api.what_if("", 0.15, "flux-dev", True, 0, -1, 0, text)["schedule"]
    assert api.what_if("", 0.15, "", *OWN, text)["schedule"]


def test_one_tensor_under_two_names_is_no_obstacle(api):
    """Latte's authors read it as the class is read anyway, so a naive run holds the same distances."""
    _, text = recorded("latte", None, latent_free=False, settings=Settings(threshold=0.15))
    assert api.what_if("", 0.15, "latte", *OWN, text)["schedule"]


def test_a_run_takes_the_mode_that_is_named(models):
    request = requested(models, "wan-1.3b", threshold=0.1, mode="retention")
    assert request.settings == CARDS["wan-1.3b"].settings(0.1, mode="retention")
    with pytest.raises(Exception, match=r"mode is 'fast', but must be a mode of wan-1.3b \(authors, reten"):
        requested(models, "wan-1.3b", mode="fast")


@pytest.mark.parametrize("steps", [0, 20, 28, 100])
def test_first_steps_that_are_a_share_of_all_stay_one_whatever_the_steps(models, steps):
    request = requested(models, "hidream", steps=steps)
    assert request.settings == CARDS["hidream"].settings(0.3)
    assert request.settings.first_steps == 0.1
    for first, last in ((7, 0), (0.25, 0.1)):
        settings = requested(models, "hidream", steps=steps, first_steps=first, last_steps=last).settings
        assert (settings.first_steps, settings.last_steps) == (first, last)


def test_another_mode_brings_its_forced_steps(models):
    hidream, wan = Form(model="hidream", mode="authors"), Form(model="wan-1.3b", mode="retention")
    assert model_choice._of_mode(models, hidream) == (0.17, 0.1, 0)
    assert model_choice._of_mode(models, wan)[1:] == (5, 0)


def test_what_is_said_of_a_model_follows_the_mode(models):
    usual, second = (described(models, "lumina2", mode) for mode in (None, "v2"))
    assert "above 0.279," in usual["explanation"]["en"] and "below 0.0111," in second["explanation"]["en"]
    assert [p["threshold"] for p in second["points"]] == [0.2, 0.3, 0.5, 1.1]
    strange = described(models, "lumina2", "retention")
    assert strange["explanation"] == usual["explanation"] and strange["points"] == usual["points"]


def test_reuse_at_any_threshold_is_said_with_where(models):
    """Without a negative estimate there is a smallest one, and it is said instead."""
    for name, card in models.cards.items():
        for mode in card.modes or (None,):
            said = described(models, name, mode)
            assert (said["first"] == 0) == ("negative" in said["explanation"]["en"])


def test_the_slider_reaches_every_published_threshold_of_every_mode(models):
    engine = SimpleNamespace(models=models, slider_end=0.2)
    for card in models.cards.values():
        for mode in card.modes.values():
            assert model_choice._end(engine, card) > mode.fast.threshold
