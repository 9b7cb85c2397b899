"""What the tokenizer is given for a prompt."""

import json

import pytest

from teacache.models.opensora.text import prepared
from tests import parity


@pytest.fixture
def cases(golden):
    return json.loads(parity.found(golden / "text_preprocessing.json").read_text())["cases"]


def test_prompts_are_scored_and_cleaned_as_by_the_authors(cases):
    assert [prepared(case["prompt"]) for case in cases] == [case["opensora_text"] for case in cases]


def test_motion_and_camera_are_told_after_the_score(cases):
    told = [prepared(case["prompt"], motion_score=4, camera_motion="pan left") for case in cases]
    assert told == [case["opensora_text_flow4_panleft"] for case in cases]


def test_a_score_in_the_prompt_is_not_said_again():
    assert prepared("A cat. aesthetic score: 5.0.") == "a cat. aesthetic score: 5.0."


def test_without_scores_only_the_prompt_is_left():
    assert prepared("A cat.", aesthetic_score=None) == "a cat."
