"""The grammar, its captions, and the rule that keeps combinations out of training."""

import random
import subprocess
import sys

import pytest

from teacache.models.shapes.bank import shard_scenes
from teacache.models.shapes.data import (
    COLOR_NAMES,
    MOTIONS,
    SHAPES,
    VOCABULARY,
    Scene,
    caption,
    combinations,
    example_prompts,
    is_held_out,
    sample_scene,
    training_caption,
    unknown_words,
)
from teacache.models.shapes.text import build_tokenizer


def test_caption_reads_as_a_sentence():
    assert (
        caption(Scene("orange", "ball", "bouncing", "blue")) == "an orange ball bouncing on a blue background"
    )


def test_splits_share_nothing_and_cover_everything():
    train, held_out = combinations("train"), combinations("held_out")
    assert not set(train) & set(held_out)
    assert sorted(train + held_out) == sorted(combinations())
    assert 0.1 < len(held_out) / len(combinations()) < 0.2


def test_every_pair_of_words_is_seen_in_training():
    train = combinations("train")
    assert {(c, s) for c, s, _ in train} == {(c, s) for c in COLOR_NAMES for s in SHAPES}
    assert {(c, m) for c, _, m in train} == {(c, m) for c in COLOR_NAMES for m in MOTIONS}
    assert {(s, m) for _, s, m in train} == {(s, m) for s in SHAPES for m in MOTIONS}


def test_training_never_draws_a_held_out_combination():
    rng = random.Random(1)
    drawn = [sample_scene(rng) for _ in range(3000)] + [
        scene for n in range(4) for scene in shard_scenes(0, n)
    ]
    assert not any(is_held_out(scene.color, scene.shape, scene.motion) for scene in drawn)


def test_held_out_split_draws_only_held_out_combinations():
    rng = random.Random(1)
    drawn = [sample_scene(rng, split="held_out") for _ in range(200)]
    assert all(is_held_out(scene.color, scene.shape, scene.motion) for scene in drawn)


def test_background_differs_from_the_object():
    rng = random.Random(2)
    assert all(scene.color != scene.background for scene in (sample_scene(rng) for _ in range(500)))


def test_a_word_outside_the_grammar_is_an_error():
    with pytest.raises(ValueError, match="mauve"):
        is_held_out("mauve", "ball", "circling")


def test_every_caption_is_made_of_known_words():
    rng = random.Random(3)
    for _ in range(300):
        scene = sample_scene(rng, split="all")
        assert not unknown_words(caption(scene))
        assert not unknown_words(training_caption(scene, rng))
    assert not [word for prompt in example_prompts() for word in unknown_words(prompt)]


def test_examples_show_every_color_shape_and_motion():
    text = " ".join(example_prompts())
    assert all(word in text for word in (*COLOR_NAMES, *SHAPES, *MOTIONS))


def test_unknown_words_are_named_once_and_in_order():
    assert unknown_words("A furry red dog, a dog moving left!") == ["furry", "dog"]


def test_the_tokenizer_knows_the_same_words():
    tokenizer = build_tokenizer()
    unknown = tokenizer.unk_token_id
    assert all(unknown not in tokenizer(word).input_ids for word in VOCABULARY)
    assert unknown in tokenizer("dog").input_ids


def test_reading_the_words_needs_no_torch():
    code = "import sys, teacache.models.shapes as s; s.example_prompts(); assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
