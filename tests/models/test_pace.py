"""What is guessed of a run before it was ever made here, and that every demo fits one ZeroGPU slot."""

import pytest

from teacache.models.catalog import CARDS
from teacache.models.pace import AROUND, SLOT, ZERO, guess, pace_of, speed_of, work
from teacache.runs.sizes import check_size

# The slices of today's GPUs are so much slower than those that a Space asks for; the hub stretches what is
# asked for by it (spaces 0.51.3, zero/configs.json, `duration_factor`).
STRETCH = 1.5
LARGE = [card for card in CARDS.values() if not card.source]


def full(card):
    return {"steps": card.steps, "frames": card.frames, "height": card.height, "width": card.width}


@pytest.mark.parametrize("card", LARGE, ids=lambda card: card.name)
def test_both_runs_of_every_large_model_s_demo_fit_one_slot(card):
    one = guess(card, ZERO, **vars_of(card.demo))
    assert STRETCH * (2 * one + AROUND) <= SLOT  # cached as slow as uncached
    check_size(card.pipeline, card.demo.frames, card.demo.height, card.demo.width)
    assert card.demo.steps <= card.steps and card.demo.frames <= card.frames


def test_models_that_fit_a_slot_anyway_are_not_made_smaller_and_others_are():
    whole = {c.name for c in LARGE if guess(c, ZERO, **full(c)) == guess(c, ZERO, **vars_of(c.demo))}
    assert {"flux-dev", "latte", "tangoflux"} <= whole and "wan-1.3b" not in whole


def vars_of(demo):
    return {name: getattr(demo, name) for name in ("steps", "frames", "height", "width")}


def test_at_its_own_size_on_the_published_gpu_a_guess_is_what_was_published():
    card = CARDS["wan-1.3b"]
    assert guess(card, "NVIDIA A800-SXM4-80GB", **full(card)) == pace_of(card).seconds == 175
    assert guess(card, "NVIDIA H100 80GB HBM3", **full(card)) == pytest.approx(175 / 2)


def test_fewer_tokens_cost_less_than_their_share_where_all_attend_to_all():
    half = {"frames": 39, "height": 480, "width": 832}  # half of the latent frames
    assert work(CARDS["wan-1.3b"], frames=81, height=480, width=832) == 1
    assert work(CARDS["wan-1.3b"], **half) == pytest.approx(0.22 * 0.5 + 0.78 * 0.25)
    assert work(CARDS["opensora"], frames=24, height=480, width=854) == pytest.approx(0.5)


def test_the_longest_name_wins_and_an_unknown_gpu_is_taken_for_a_slow_one():
    assert speed_of("NVIDIA L40S") == 0.9 > speed_of("NVIDIA L4") > speed_of("Tesla T4")
    assert speed_of("a GPU of tomorrow") == 0.25


def test_of_a_model_without_published_seconds_nothing_is_guessed():
    assert pace_of(CARDS["shapes"]) is None
    assert guess(CARDS["shapes"], ZERO, **full(CARDS["shapes"])) is None
