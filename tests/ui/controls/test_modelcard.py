"""The list of models says what this machine can run, and where reuse begins."""

from __future__ import annotations

import json

import pytest

from teacache.models.memory import Machine
from ui.controls import modelcard, suggested
from ui.models.models import Models


@pytest.fixture(scope="module")
def models():
    return Models()


def test_models_that_run_here_come_first_and_others_are_marked(models):
    found = modelcard.choices(models)
    assert len(found) == len(models.cards)
    marked = [title.endswith(modelcard.NOT_HERE) for title, _ in found]
    assert marked == sorted(marked)
    assert [name for title, name in found if not title.endswith(modelcard.NOT_HERE)] == [
        name for name in models.cards if not models.obstacle(name)
    ]


def test_every_card_can_be_described_as_json(models):
    for name in models.cards:
        said = modelcard.described(models, name)
        json.dumps(said, allow_nan=False)
        assert said["runs_here"] == (said["obstacle"]["en"] == "")


def test_where_reuse_begins_is_said_for_every_polynomial(models):
    assert modelcard.described(models, "shapes")["first"] > 0
    assert modelcard.described(models, "wan-1.3b")["first"] == 0  # negative somewhere: at any threshold
    assert modelcard.described(models, "wan-1.3b")["points"][0]["threshold"] > 0


def test_the_words_of_a_model_that_knows_few_are_told(models):
    assert {"ball", "bouncing"} <= set(modelcard.described(models, "shapes")["words"])
    assert modelcard.described(models, "wan-1.3b")["words"] is None


def test_the_prompts_to_click_are_told_whole(models):
    for name in ("shapes", "wan-1.3b"):
        prompts = modelcard.described(models, name)["prompts"]
        shown = [suggested.short(models.card(name), text) for text in prompts]
        assert prompts == suggested.examples(models.card(name))
        assert all(len(short) < len(text) for short, text in zip(shown, prompts, strict=True))


def test_another_machine_runs_other_models():
    poor = Models(machine=Machine(host_gb=0.0))
    assert all(title.endswith(modelcard.NOT_HERE) for title, _ in modelcard.choices(poor))
    assert "GB" in modelcard.described(poor, "shapes")["obstacle"]["zh"]
