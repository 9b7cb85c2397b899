"""The grammar, its captions, and the rule that keeps combinations out of training."""

import itertools
import random
import subprocess
import sys
from dataclasses import replace

import pytest

from teacache.models.scenes.bank import shard_scenes
from teacache.models.scenes.data import (
    ATTRIBUTES,
    COLORS,
    MOTIONS,
    PLACES,
    REALMS,
    THINGS,
    TIMES,
    VOCABULARY,
    Scene,
    caption,
    combinations,
    example_prompts,
    is_held_out,
    motions_of,
    places_of,
    sample_scene,
    training_caption,
    unknown_words,
)
from teacache.models.scenes.evaluate import balanced_scenes
from teacache.models.scenes.text import PROMPT_TOKENS, build_tokenizer

SCENE = Scene("red", "balloon", "rising", "hills", "dusk")


@pytest.mark.parametrize(
    "scene, said",
    [
        (SCENE, "a red balloon rising over the hills at dusk"),
        (Scene("white", "boat", "moving left", "sea", "day"), "a white boat moving left on the sea by day"),
        (
            Scene("blue", "car", "coming closer", "snow", "night"),
            "a blue car coming closer in the snow at night",
        ),
    ],
)
def test_caption_reads_as_a_sentence(scene, said):
    assert caption(scene) == said


def test_splits_share_nothing_and_cover_everything():
    train, held_out = set(combinations("train")), set(combinations("held_out"))
    assert not train & held_out
    assert train | held_out == set(combinations())
    assert 0.1 < len(held_out) / len(combinations()) < 0.2


def test_every_pair_of_words_that_go_together_is_seen_in_training():
    def pairs(scenes):
        return {
            (getattr(scene, a), getattr(scene, b))
            for scene in scenes
            for a, b in itertools.combinations(ATTRIBUTES, 2)
        }

    assert pairs(combinations("train")) == pairs(combinations())


def test_training_never_draws_a_held_out_combination():
    drawn = [scene for number in range(20) for scene in shard_scenes(0, number)]
    assert not any(is_held_out(scene) for scene in drawn)


def test_evaluation_scenes_are_balanced_and_of_their_split():
    scenes = balanced_scenes(48, split="held_out", seed=0)
    assert all(is_held_out(scene) for scene in scenes)
    assert all(sum(scene.thing == thing for scene in scenes) == 8 for thing in THINGS)


def test_things_stay_where_they_are_at_home():
    rng = random.Random(0)
    for scene in (sample_scene(rng, split="all") for _ in range(300)):
        assert scene.place in places_of(scene.thing) and scene.motion in motions_of(scene.thing)
        if REALMS[scene.thing] == "water":
            assert scene.place == "sea"


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_a_word_outside_the_grammar_is_an_error(attribute):
    with pytest.raises(ValueError, match="mauve"):
        is_held_out(replace(SCENE, **{attribute: "mauve"}))


def test_every_caption_is_made_of_known_words_and_fits():
    rng, tokenizer = random.Random(3), build_tokenizer()
    for _ in range(300):
        scene = sample_scene(rng, split="all")
        assert not unknown_words(caption(scene)) and not unknown_words(training_caption(scene, rng))
        assert len(tokenizer(caption(scene)).input_ids) <= PROMPT_TOKENS


def test_examples_show_every_word():
    text = " ".join(example_prompts())
    assert all(word in text for word in (*COLORS, *THINGS, *MOTIONS, *PLACES, *TIMES))


def test_the_tokenizer_knows_the_same_words():
    tokenizer = build_tokenizer()
    unknown = tokenizer.unk_token_id
    assert all(unknown not in tokenizer(word).input_ids for word in VOCABULARY)
    assert unknown in tokenizer("dragon").input_ids


def test_reading_the_words_needs_no_torch():
    code = "import sys, teacache.models.scenes as s; s.example_prompts(); assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
