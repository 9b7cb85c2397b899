"""From what a visitor set to what is run."""

from __future__ import annotations

import pytest

from teacache.errors import RequestError, SettingsError
from teacache.models.catalog import card
from ui.controls import controls
from ui.controls.form import Form
from ui.models.models import Models

VALUES = {
    "threshold": 0.2, "estimator": "naive", "model": "shapes", "prompt": "a red ball", "seed": 3, "steps": 20,
    "guidance": 2.5, "first": 2, "last": 1, "most": 0,
}  # fmt: skip


def asked(**changes):
    return controls.request(Models(), Form.read(VALUES | changes))


def test_the_controls_become_a_request():
    request = asked(most=4)
    assert (request.prompt, request.seed, request.steps, request.guidance_scale) == ("a red ball", 3, 20, 2.5)
    assert request.settings.naive
    assert (request.settings.first_steps, request.settings.last_steps, request.settings.max_reuses) == (
        2,
        1,
        4,
    )


def test_no_limit_of_reuses_is_written_zero():
    assert asked(most=0).settings.max_reuses is None


def test_empty_boxes_mean_the_models_defaults():
    request = asked(seed=None, steps=None, guidance=None, first=None, last=None, most=None).checked(
        card("shapes")
    )
    assert (request.seed, request.steps, request.guidance_scale) == (
        0,
        card("shapes").steps,
        card("shapes").guidance_scale,
    )


@pytest.mark.parametrize(
    "change, error",
    [({"prompt": ""}, RequestError), ({"prompt": None}, RequestError), ({"steps": 1}, RequestError)],
)
def test_bad_input_is_refused_with_a_sentence(change, error):
    with pytest.raises(error, match=r"\.$"):
        asked(**change).checked(card("shapes"))


def test_a_bad_rule_is_refused_with_a_sentence():
    with pytest.raises(SettingsError, match="first_steps"):
        asked(first=0)
