"""Every bad input is refused with one sentence that names it; everything else is filled in."""

from dataclasses import replace

import pytest

from teacache.errors import RequestError, SettingsError
from teacache.method.gate import Settings
from teacache.models.catalog import card
from teacache.models.shapes import data
from teacache.runs.defaults import Defaults, PipelineDefaults
from teacache.runs.request import Request

SHAPES = card("shapes")
WAN = PipelineDefaults(
    name="wan", pipeline="WanPipeline", steps=50, frames=81, height=480, width=832, guidance_scale=5.0
)
PROMPT = "a red ball bouncing on a blue background"


def refusal(request: Request, model: Defaults = SHAPES) -> str:
    with pytest.raises(RequestError) as caught:
        request.checked(model)
    message = str(caught.value)
    assert "\n" not in message and message.endswith("."), message
    return message


def test_what_is_left_out_comes_from_the_model():
    request = Request(prompt=f"  {PROMPT} ").checked(SHAPES)
    assert (request.prompt, request.steps, request.guidance_scale, request.size) == (
        PROMPT,
        50,
        3.0,
        (16, 64, 64),
    )


def test_what_is_given_stays():
    asked = Request(
        model="wan", prompt="a dog", seed=7, steps=20, guidance_scale=6, frames=33, height=256, width=256
    )
    assert asked.checked(WAN) == replace(asked, guidance_scale=6.0)


@pytest.mark.parametrize("prompt", ["", "   \n", None, 7])
def test_no_prompt_is_refused(prompt):
    assert "empty" in refusal(Request(prompt=prompt))


def test_a_prompt_of_ten_thousand_characters_is_refused_with_its_length():
    message = refusal(Request(prompt="red " * 2_500))
    assert "9999" in message and "2000" in message and len(message) < 200


def test_half_a_character_is_refused():
    assert "surrogate" in refusal(Request(prompt="a dog \ud83d"), WAN)


def test_words_that_shapes_does_not_know_are_listed_beside_those_it_knows():
    message = refusal(Request(prompt="a red dog chasing a blue cat"))
    assert "'dog', 'chasing', 'cat'" in message
    assert all(word in message for word in data.VOCABULARY)


def test_a_thousand_unknown_words_make_a_short_message():
    assert len(refusal(Request(prompt=" ".join(f"w{i}" for i in range(400))))) < 500


def test_known_words_outside_the_grammar_are_welcome():
    assert Request(prompt="ball, ball red circling").checked(SHAPES).prompt == "ball, ball red circling"


def test_punctuation_alone_is_no_prompt_for_shapes():
    assert "no word" in refusal(Request(prompt="..., ,"))


def test_another_model_takes_any_words():
    assert Request(prompt="a dog chasing a cat").checked(WAN).prompt == "a dog chasing a cat"


@pytest.mark.parametrize("steps", [0, 1, 201, 10_000, -5, 7.5, float("nan"), "ten", True])
def test_step_counts_out_of_range_are_refused_with_the_reason(steps):
    message = refusal(Request(prompt=PROMPT, steps=steps))
    assert "from 2 to 200" in message and str(steps) in message and "nothing to reuse" in message


def test_a_whole_number_written_as_a_float_is_a_whole_number():
    assert Request(prompt=PROMPT, steps=50.0, seed=3.0).checked(SHAPES).steps == 50


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, None, True, float("inf")])
def test_seeds_out_of_range_are_refused(seed):
    assert "4294967295" in refusal(Request(prompt=PROMPT, seed=seed))


def test_the_largest_seed_is_fine():
    assert Request(prompt=PROMPT, seed=2**32 - 1).checked(SHAPES).seed == 2**32 - 1


@pytest.mark.parametrize("guidance", [0, 0.99, -3, 30.5, float("nan"), float("inf"), "high"])
def test_guidance_out_of_range_is_refused(guidance):
    assert "from 1 to 30" in refusal(Request(prompt=PROMPT, guidance_scale=guidance))


@pytest.mark.parametrize(
    "field, value", [("height", 65), ("width", 71), ("height", 0), ("width", 4_000), ("height", -64)]
)
def test_odd_sizes_are_refused(field, value):
    message = refusal(Request(prompt=PROMPT, **{field: value}), WAN)
    assert field in message and str(value) in message


def test_a_size_between_two_good_ones_comes_with_the_nearest_good_one():
    assert refusal(Request(prompt=PROMPT, width=250), WAN).endswith("try 256.")


@pytest.mark.parametrize("size", [{"height": 128}, {"width": 32}, {"frames": 8}])
def test_shapes_makes_only_the_size_it_was_trained_for(size):
    assert "64x64 pixels and 16 frames" in refusal(Request(prompt=PROMPT, **size))


def test_latte_makes_only_its_trained_number_of_frames():
    latte = card("latte")
    assert "16 frames, not of 24" in refusal(Request(prompt=PROMPT, frames=24), latte)
    assert Request(prompt=PROMPT, height=256).checked(latte).height == 256


@pytest.mark.parametrize("threshold", [float("nan"), -0.1, float("inf")])
def test_a_threshold_that_is_no_distance_never_becomes_a_request(threshold):
    with pytest.raises(SettingsError, match="threshold"):
        Request(prompt=PROMPT, settings=Settings(threshold=threshold))


def test_a_fixed_schedule_must_cover_the_steps():
    settings = Settings(threshold=0.1, schedule=(True, False, True))
    assert "3 steps, but the run 50" in refusal(Request(prompt=PROMPT, settings=settings))


def test_settings_of_another_kind_are_refused():
    assert "settings" in refusal(Request(prompt=PROMPT, settings={"threshold": 0.1}))


def test_a_request_survives_json():
    request = Request(
        prompt=PROMPT, seed=5, settings=Settings(threshold=0.2, coefficients=(1.0, 2.0), max_reuses=3)
    )
    assert Request.from_json(request.to_json()) == request


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"prompt": 3},
        {"prompt": "x", "seed": "1"},
        {"prompt": "x", "colour": "red"},
        {"prompt": "x", "settings": 4},
        {"prompt": "x", "settings": {"threshold": -1}},
        {"prompt": "x", "steps": True},
        {"prompt": "x", "guidance_scale": 1e999},
    ],
)
def test_json_that_is_no_request_is_refused(data):
    with pytest.raises(RequestError):
        Request.from_json(data)
