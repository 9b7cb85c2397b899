"""One row a pipeline class: family, adapter and architecture go together, and the cards agree with them."""

import pytest

from teacache.method.architectures import ARCHITECTURES
from teacache.models.catalog import CARDS
from teacache.models.families import FAMILIES, family_of
from teacache.runs.adapters import ADAPTERS


def test_every_family_can_be_run_and_nothing_else():
    assert set(FAMILIES) == set(ADAPTERS)


@pytest.mark.parametrize("pipeline", FAMILIES)
def test_a_familys_transformer_is_one_that_can_be_cached(pipeline):
    assert FAMILIES[pipeline].transformer in ARCHITECTURES


def test_cards_are_of_a_family_and_name_its_transformer():
    for card in CARDS.values():
        assert card.pipeline in FAMILIES
        assert card.transformer in ("", family_of(card.pipeline).transformer)


@pytest.mark.parametrize("pipeline", FAMILIES)
def test_only_what_makes_one_picture_or_a_sound_has_no_length_in_frames(pipeline):
    makes_one = FAMILIES[pipeline].kind in ("text_to_image", "text_to_audio")
    assert (ADAPTERS[pipeline].frames_argument is None) == makes_one


def test_a_class_without_a_row_makes_clips_of_words():
    assert family_of("AnotherPipeline").kind == "text_to_video"
