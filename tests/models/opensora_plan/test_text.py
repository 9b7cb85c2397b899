"""Prompts: cleaned, padded to 300 tokens, and both cut to the tokens that the positive one keeps."""

import json

import pytest
import torch

from teacache.models.captions import clean_caption
from teacache.models.opensora_plan import text
from tests import parity

PROMPT = "a red ball circling"  # in the tiny tokenizer's words: one token each, and the end mark


@pytest.mark.parametrize(
    "prompt, wanted",
    [
        ("Sunset over the sea.", "sunset over the sea."),
        ("<person> visits http://example.com ; café — très bon", "person visits ; café - très bon"),
        ("free shipping download now: click for details, page 12", "now:"),
        ("Tokyo 东京 street ®™ lights [close up] {macro}", "tokyo street lights close up macro"),
        ("", ""),
    ],
)
def test_captions_are_cleaned_as_in_training(prompt, wanted):
    assert clean_caption(prompt) == wanted


def test_captions_are_cleaned_as_the_reference_does(golden):
    file = parity.found(golden / "text_preprocessing.json")
    cases = json.loads(file.read_text(encoding="utf-8"))["cases"]
    assert [clean_caption(c["prompt"]) for c in cases] == [c["opensoraplan_latte_text"] for c in cases]


def test_both_prompts_are_cut_to_the_length_of_the_positive_one(pipe):
    cond, null = pipe.encode_prompt(PROMPT, "", do_classifier_free_guidance=True)
    assert cond.shape == null.shape == (1, 5, 16)
    longer, other = pipe.encode_prompt("a ball", PROMPT * 9, do_classifier_free_guidance=True)
    assert longer.shape == other.shape == (1, 3, 16)


def test_the_features_are_those_of_a_prompt_padded_to_300_tokens(pipe):
    cond, null = pipe.encode_prompt(PROMPT, "", do_classifier_free_guidance=True)
    for got, words in ((cond, PROMPT), (null, "")):
        tokens = pipe.tokenizer(words, padding="max_length", max_length=300, return_tensors="pt")
        with torch.no_grad():
            whole = pipe.text_encoder(tokens.input_ids, attention_mask=tokens.attention_mask)[0]
        assert whole.shape[1] == 300
        assert torch.equal(got, whole[:, :5])


def test_padding_of_the_negative_prompt_reaches_the_denoiser(pipe):
    null = pipe.encode_prompt(PROMPT, "", do_classifier_free_guidance=True)[1]
    assert pipe.tokenizer("").input_ids == [pipe.tokenizer.eos_token_id]
    assert null[:, 1:].abs().sum(dim=-1).min() > 0


def test_without_guidance_there_is_no_negative_prompt(pipe):
    cond, null = pipe.encode_prompt(PROMPT, do_classifier_free_guidance=False)
    assert cond.shape == (1, 5, 16) and null is None


def test_prompts_of_one_length_are_cut_together():
    features, mask = torch.ones(2, 6, 3), torch.tensor([[1, 1, 1, 0, 0, 0]] * 2)
    cond, null = text.cut(features, 2 * features, mask)
    assert cond.shape == null.shape == (2, 3, 3)


def test_prompts_of_several_lengths_end_in_zeros_as_the_authors_leave_them():
    features, mask = torch.ones(2, 6, 3), torch.tensor([[1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 1, 0]])
    cond, null = text.cut(features, 2 * features, mask)
    assert cond.sum(dim=-1).tolist() == [[3, 3, 3, 0, 0, 0], [3, 3, 3, 3, 3, 0]]
    assert torch.equal(null, 2 * features)


def test_a_prompt_that_is_too_long_is_cut_with_a_warning(pipe, caplog):
    text.logger.addHandler(caplog.handler)  # diffusers' loggers do not propagate
    try:
        cond, _ = pipe.encode_prompt("ball " * 400, do_classifier_free_guidance=False)
    finally:
        text.logger.removeHandler(caplog.handler)
    assert cond.shape[1] == 300
    assert "401 tokens is cut to the 300" in caplog.text


def test_several_videos_of_a_prompt_have_the_same_text(pipe):
    cond, null = pipe.encode_prompt(
        [PROMPT, "a ball"], "", do_classifier_free_guidance=True, num_videos_per_prompt=2
    )
    assert cond.shape == null.shape == (4, 300, 16)
    assert torch.equal(cond[0], cond[1]) and torch.equal(cond[2], cond[3])
    assert not torch.equal(cond[0], cond[2])
