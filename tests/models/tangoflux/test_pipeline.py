"""The call: what it makes, what a length changes, and what it refuses."""

import numpy as np
import pytest
import torch

from teacache.errors import RequestError
from tests.tiny import PROMPT, tangoflux


def test_a_sound_has_two_channels_and_the_length_that_was_asked_for(run):
    made = run(output_type="np", duration=0.3)
    assert made.shape == (1, 2, int(0.3 * 8000)) and made.dtype == np.float32
    assert np.isfinite(made).all() and made.std() > 0


def test_the_length_is_told_to_the_model_and_not_only_cut(run):
    short, long = run(duration=0.1), run(duration=0.5)
    assert short.shape == long.shape == (1, tangoflux.TOKENS, 4)
    assert not torch.equal(short, long)


def test_the_same_seed_makes_the_same_sound(run):
    assert torch.equal(run(), run())
    assert not torch.equal(run(), run(seed=8))


def test_given_features_are_those_of_the_prompt(pipe, run):
    embeds, pooled, negative, negative_pooled = pipe.encode_prompt(PROMPT, do_classifier_free_guidance=True)
    given = {
        "prompt_embeds": embeds,
        "pooled_prompt_embeds": pooled,
        "negative_prompt_embeds": negative,
        "negative_pooled_prompt_embeds": negative_pooled,
    }
    assert embeds.shape == negative.shape
    assert torch.equal(run(**given), run(prompt=PROMPT))


def test_without_guidance_there_is_no_empty_prompt(pipe, run):
    assert pipe.encode_prompt(PROMPT, do_classifier_free_guidance=False)[2:] == (None, None)
    assert run(guidance_scale=1.0).shape == (1, tangoflux.TOKENS, 4)


def test_several_sounds_of_several_prompts(run):
    one = run(prompt=["a ball", PROMPT], num_waveforms_per_prompt=2, seed=1)
    assert one.shape[0] == 4 and len({tuple(row.flatten()[:3].tolist()) for row in one}) == 4


def test_a_pooled_vector_leaves_padding_out(pipe):
    features = torch.randn(1, 4, 16, generator=torch.Generator().manual_seed(0))
    cut = pipe.conditioner.pooled(features[:, :2], torch.ones(1, 2))
    padded = pipe.conditioner.pooled(features, torch.tensor([[1, 1, 0, 0]]))
    assert torch.allclose(cut, padded)


def test_a_callback_sees_every_step_and_may_change_the_latents(run):
    seen = []

    def watch(pipe, step, timestep, tensors):
        seen.append((step, float(timestep)))
        return {"latents": torch.zeros_like(tensors["latents"])} if step == 3 else {}

    last = run(callback_on_step_end=watch)
    assert [step for step, _ in seen] == [0, 1, 2, 3] and seen[0][1] == 1000
    assert not last.any()


def test_as_much_can_be_asked_for_as_the_latents_hold_rounded_up(pipe, run):
    assert pipe.longest == 1  # 32 latents of 128 samples hold 0.512 seconds
    assert run(duration=1, output_type="np").shape[2] == 32 * 128


@pytest.mark.parametrize(
    "asked, said",
    [
        ({"duration": 2.0}, "up to 1 seconds, not of 2"),
        ({"duration": 0}, "not of 0"),
        ({"duration": "long"}, "must be a number"),
        ({"steps": 0}, "num_inference_steps is 0"),
        ({"prompt": None}, "Give either prompt or prompt_embeds"),
        ({"output_type": "pil"}, "There is no output_type 'pil'"),
        ({"latents": torch.zeros(1, 3, 4)}, r"latents are \(1, 3, 4\)"),
        ({"prompt_embeds": torch.zeros(1, 3, 16)}, "need pooled_prompt_embeds"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(run, asked, said):
    with pytest.raises(RequestError, match=said):
        run(**asked)


def test_features_without_those_of_the_empty_prompt_are_refused(run):
    given = {"prompt_embeds": torch.zeros(1, 3, 16), "pooled_prompt_embeds": torch.zeros(1, 16)}
    with pytest.raises(RequestError, match="gives all four"):
        run(**given)
    assert run(**given, guidance_scale=1.0).shape == (1, tangoflux.TOKENS, 4)
