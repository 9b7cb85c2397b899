"""Loading in the background, and what is said about it."""

from __future__ import annotations

import json
import threading

import pytest

from teacache.errors import ModelLoadError
from teacache.models.catalog import CARDS
from teacache.models.memory import Machine
from tests.runs import tiny
from ui.models import models
from ui.models.models import Models


def test_a_loaded_model_is_ready_and_says_where(tiny_models):
    status = tiny_models.status()
    assert (status.state, status.device) == ("ready", "CPU")
    assert status.reason


def test_a_folder_becomes_the_default_beside_the_catalog(tiny_models):
    assert tiny_models.default == "tiny"
    assert "shapes" in tiny_models.cards


def test_an_unknown_model_is_refused_by_naming_the_known():
    with pytest.raises(ModelLoadError, match="shapes"):
        Models().get("nothing")


def test_a_folder_that_is_no_model_is_refused_at_once(tmp_path):
    with pytest.raises(ModelLoadError, match="model_index.json"):
        Models(str(tmp_path))


def test_a_model_that_does_not_load_says_why_and_can_be_tried_again(tmp_path):
    (tmp_path / "model_index.json").write_text('{"_class_name": "LattePipeline"}')
    models = Models(str(tmp_path))
    for _ in range(2):
        with pytest.raises(ModelLoadError, match=r"\.$"):
            models.get(models.default)
    assert models.status().state == "failed" and models.status().reason


WITHOUT_GPU = Machine(host_gb=64)


def test_every_model_is_listed_with_what_this_machine_can_run():
    listed = {one["name"]: one for one in Models(machine=WITHOUT_GPU).listing()}
    assert list(listed) == list(CARDS)
    assert listed["shapes"]["runs_here"] and not listed["shapes"]["obstacle"]
    assert not listed["wan-1.3b"]["runs_here"] and "GPU" in listed["wan-1.3b"]["obstacle"]
    json.dumps(list(listed.values()))


def test_a_model_that_cannot_run_here_is_refused_before_anything_is_loaded():
    models = Models(machine=WITHOUT_GPU)
    with pytest.raises(ModelLoadError, match=r"^FLUX\.1-dev cannot run here\. It needs a GPU.*\.$"):
        models.get("flux-dev")
    assert models.status().state == "idle" and not models.ready("flux-dev")


def test_the_folder_of_the_server_is_nobodys_business(tmp_path):
    folder = tiny.save(tmp_path / "mine")
    models = Models(str(folder), WITHOUT_GPU)
    listed = models.listing()
    assert listed[0]["name"] == "mine" and listed[0]["runs_here"]
    assert str(tmp_path) not in json.dumps(listed)


def test_a_download_given_as_a_folder_stands_in_for_its_card(tmp_path):
    folder = tiny.save(tmp_path / "Latte-1")
    models = Models(str(folder), WITHOUT_GPU)
    assert models.default == "latte" and len(models.cards) == len(CARDS)
    assert models.get("latte").teacache_card.source == str(folder)


@pytest.mark.parametrize("name", ["assets/shapes", "../shapes", "maxin-cn/Latte-1", "~"])
def test_a_visitor_cannot_name_a_folder_or_a_repository(name):
    with pytest.raises(ModelLoadError, match="There is no model"):
        Models(machine=WITHOUT_GPU).get(name)


def test_the_thread_that_loads_gives_its_pool_back_since_it_lives_on(monkeypatch):
    given = []
    monkeypatch.setattr(models, "give_back", lambda: given.append(threading.current_thread().name))
    with pytest.raises(ModelLoadError):
        Models()._load("no such model")
    assert given == [threading.current_thread().name]


def test_a_model_that_gives_way_frees_its_memory_before_the_next_one_loads(monkeypatch):
    order = []
    monkeypatch.setattr(models.heap, "trim", lambda: order.append("freed"))
    monkeypatch.setattr(Models, "_load", lambda self, name: order.append(name))
    two = Models(machine=WITHOUT_GPU)
    for name in ("shapes", "latte"):
        two.preload(name)
        two._loads[name].result()
    assert order == ["shapes", "freed", "latte"]
