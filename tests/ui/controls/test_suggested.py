"""What is offered to be clicked fits the model that is chosen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from teacache.models.cards_scenes import SCENES
from teacache.models.catalog import CARDS, card
from teacache.models.vocabulary import unknown
from ui.controls import suggested

EMBEDDED = [each for each in (*CARDS.values(), SCENES) if each.vocabulary]


@pytest.mark.parametrize("each", EMBEDDED, ids=lambda each: each.name)
def test_a_small_models_prompts_are_of_words_it_was_taught(each):
    prompts = [*suggested.examples(each), *(suggested.random_prompt(each) for _ in range(30))]
    assert not [word for prompt in prompts for word in unknown(prompt, each.vocabulary.words)]
    assert len(suggested.examples(each)) == suggested.EXAMPLES


def test_every_model_has_prompts_to_click_and_one_at_random():
    for each in CARDS.values():
        assert len(set(suggested.examples(each))) == suggested.EXAMPLES and suggested.random_prompt(each)


def test_a_folder_without_a_vocabulary_gets_sentences():
    own = replace(card("shapes"), name="mine", vocabulary=None)
    assert len(suggested.random_prompt(own).split()) > 5


def test_a_button_says_what_a_prompt_is_about():
    said = {suggested.short(each, text) for each in EMBEDDED for text in suggested.examples(each)}
    assert {"ball bouncing", "star circling", "boat moving left", "car moving right"} <= said
    assert suggested.short(card("wan-1.3b"), "A cat sits on a mat") == "A cat sits …"


def test_a_prompt_that_means_nothing_to_a_model_gives_way_and_any_other_stays():
    shapes = card("shapes")
    assert suggested.fitting(shapes, "a whale on the sea") == shapes.vocabulary.example
    assert suggested.fitting(shapes, "a green ball") == "a green ball"
    assert suggested.fitting(card("wan-1.3b"), "a whale on the sea") == "a whale on the sea"
