"""What is judged on was never calibrated on."""

import pytest

from teacache.errors import RequestError
from teacache.models import scenes, shapes
from teacache.study.prompts import PROMPTS, noise_seed, prompts_for


def test_calibration_and_evaluation_share_no_prompt_and_no_noise():
    calibration, evaluation = prompts_for("calibration", 200), prompts_for("evaluation", 200)
    assert not set(calibration) & set(evaluation)
    assert len(set(calibration)) == len(set(evaluation)) == 200
    seeds = {noise_seed(purpose, i) for purpose in ("calibration", "evaluation") for i in range(900)}
    assert len(seeds) == 1800


def test_prompts_are_the_same_every_time_and_a_longer_list_begins_like_a_shorter():
    assert prompts_for("calibration", 5) == prompts_for("calibration", 70)[:5]
    assert prompts_for("calibration", 5) != prompts_for("calibration", 5, seed=1)


@pytest.mark.parametrize(
    "model, unknown_words", [("shapes", shapes.unknown_words), ("scenes", scenes.unknown_words)]
)
def test_an_embedded_model_understands_every_word(model, unknown_words):
    prompts = prompts_for("evaluation", 300, model=model)
    assert not [word for prompt in prompts for word in unknown_words(prompt)]
    assert not set(prompts) & set(prompts_for("calibration", 300, model=model))


def test_other_models_have_ten_calibration_prompts_for_each_of_seven_attributes_and_others_to_judge_on():
    calibration = prompts_for("calibration", 70, model="wan-1.3b")
    evaluation = prompts_for("evaluation", 35, model="wan-1.3b")
    assert len({*calibration, *evaluation}) == 105


def test_the_file_for_shapes_holds_the_prompts_that_its_card_stands_on():
    lines = (PROMPTS / "shapes.txt").read_text().splitlines()
    assert lines == [*prompts_for("calibration", 70), *prompts_for("evaluation", 30)]


def test_prompts_can_come_from_a_file(tmp_path):
    file = tmp_path / "prompts.txt"
    file.write_text("a cat\n\n  a dog \na cat\na fish\n")
    one, two = prompts_for("calibration", 2, file=file), prompts_for("evaluation", 1, file=file)
    assert sorted([*one, *two]) == ["a cat", "a dog", "a fish"]


def test_a_pool_that_is_too_small_or_missing_is_said(tmp_path):
    file = tmp_path / "prompts.txt"
    file.write_text("a cat\n")
    with pytest.raises(RequestError, match="there are 1"):
        prompts_for("calibration", 2, file=file)
    with pytest.raises(RequestError, match="cannot be read"):
        prompts_for("calibration", 2, file=tmp_path / "none.txt")


@pytest.mark.parametrize("count", [0, -3])
def test_no_prompt_is_no_answer(count):
    with pytest.raises(RequestError, match=f"{count} prompts for evaluation are none"):
        prompts_for("evaluation", count)
