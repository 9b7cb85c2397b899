"""The networks, and the forwards they are trained with."""

import pytest
import torch

from teacache.models.scenes.forward import denoise
from teacache.models.scenes.forward_vae import decoded, moments
from teacache.models.scenes.nets import LATENT_CHANNELS, build_scheduler, build_transformer, build_vae, grown
from teacache.models.scenes.text import (
    PIPELINE_TOKENS,
    PROMPT_TOKENS,
    PromptEmbedder,
    build_text_encoder,
    build_tokenizer,
)
from teacache.models.training.noising import TIMES, noised

PROMPTS = ["a red balloon rising over the hills at dusk", ""]


@pytest.fixture(scope="module")
def transformer():
    torch.manual_seed(0)
    model = build_transformer(layers=2, heads=2).eval()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.05)
    return model


@pytest.fixture(scope="module")
def embedder():
    torch.manual_seed(0)
    return PromptEmbedder(build_text_encoder().eval())


def noise(count):
    return torch.randn(count, LATENT_CHANNELS, 2, 8, 8)


@torch.no_grad()
def test_training_forward_equals_the_model_on_the_pipelines_512_tokens(transformer, embedder):
    latents, times, text = (
        noise(2),
        torch.tensor([3.0, 700.0]),
        embedder(PROMPTS),
    )
    filled = torch.zeros(2, PIPELINE_TOKENS, text.shape[2])
    filled[:, :PROMPT_TOKENS] = text[:, :PROMPT_TOKENS]
    theirs = transformer(latents, timestep=times, encoder_hidden_states=filled).sample
    ours = denoise(transformer, latents, times, text, embedder.bias)
    assert (ours - theirs).abs().max() < 1e-4 * theirs.abs().max()


@torch.no_grad()
def test_embeddings_are_the_pipelines(embedder):
    tokenizer, encoder = build_tokenizer(), embedder._encoder
    batch = tokenizer(PROMPTS, padding="max_length", max_length=PIPELINE_TOKENS, return_tensors="pt")
    states = encoder(batch.input_ids, batch.attention_mask).last_hidden_state
    kept = states * batch.attention_mask[:, :, None]
    assert torch.allclose(embedder(PROMPTS)[:, :PROMPT_TOKENS], kept[:, :PROMPT_TOKENS], atol=1e-5)
    assert not kept[:, PROMPT_TOKENS:].any()


@torch.no_grad()
def test_a_grown_transformer_is_the_same_function(transformer, embedder):
    arguments = (
        noise(2),
        torch.tensor([3.0, 700.0]),
        embedder(PROMPTS),
        embedder.bias,
    )
    bigger = grown(transformer, layers=4)
    assert len(bigger.blocks) == 4
    assert torch.equal(denoise(transformer, *arguments), denoise(bigger, *arguments))


def test_layers_grow_only_to_a_multiple(transformer):
    with pytest.raises(ValueError, match="2 layers cannot grow evenly to 3"):
        grown(transformer, layers=3)


def test_an_untrained_transformer_predicts_zero():
    model = build_transformer(layers=1, heads=1)
    assert not denoise(model, noise(1), torch.tensor([10.0]), torch.randn(1, 5, 128)).any()


@torch.no_grad()
@pytest.mark.parametrize("frames", [1, 9])
def test_the_autoencoders_training_forward_equals_the_model(frames):
    torch.manual_seed(0)
    vae, clip = build_vae(base=8, decoder_base=8), torch.rand(1, 3, frames, 32, 32) * 2 - 1
    posterior = vae.encode(clip).latent_dist
    mean, log_variance = moments(vae, clip)
    assert mean.shape == (1, LATENT_CHANNELS, 1 + (frames - 1) // 4, 4, 4)
    assert torch.allclose(mean, posterior.mean, atol=1e-4)
    assert torch.allclose(log_variance, posterior.logvar, atol=1e-4)
    assert torch.allclose(decoded(vae, mean).clamp(-1, 1), vae.decode(mean).sample, atol=1e-4)


@pytest.mark.parametrize("steps", [1, 7, 50])
def test_the_scheduler_follows_a_straight_line_to_the_data(steps):
    scheduler = build_scheduler(shift=3.0)
    scheduler.set_timesteps(steps)
    data, noise = torch.randn(2, 8), torch.randn(2, 8)
    x = noised(data, noise, scheduler.sigmas[0].expand(2))[0]
    for time in scheduler.timesteps:
        x = scheduler.step(noise - data, time, x).prev_sample
    assert torch.allclose(x, data, atol=1e-5)


def test_training_times_are_those_the_scheduler_sends():
    scheduler = build_scheduler(shift=3.0)
    scheduler.set_timesteps(50)
    assert torch.allclose(scheduler.sigmas[:-1] * TIMES, scheduler.timesteps)
