"""The networks, the flow they learn and the forward they are trained with."""

import pytest
import torch

from teacache.models.shapes.forward import denoise
from teacache.models.shapes.nets import build_scheduler, build_transformer, build_vae, grown
from teacache.models.shapes.text import PromptEmbedder, build_text_encoder, build_tokenizer
from teacache.models.training.noising import cosine, network_time, noised, sample_levels
from teacache.models.training.optim import learning_rate_scale, orthogonalize


@pytest.fixture(scope="module")
def transformer():
    torch.manual_seed(0)
    model = build_transformer(layers=2).eval()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.05)
    return model


@torch.no_grad()
def test_training_forward_equals_the_model(transformer):
    latents, times = torch.randn(2, 8, 16, 8, 8), torch.tensor([3, 700])
    text = torch.randn(2, 9, 128)
    ours = denoise(transformer, latents, times, text)
    theirs = transformer(latents, timestep=times, encoder_hidden_states=text).sample
    assert ours.shape == (2, 16, 16, 8, 8)
    assert (ours - theirs).abs().max() < 1e-4 * theirs.abs().max()


@torch.no_grad()
def test_a_grown_transformer_is_the_same_function(transformer):
    latents, times, text = torch.randn(2, 8, 16, 8, 8), torch.tensor([3, 700]), torch.randn(2, 9, 128)
    bigger = grown(transformer, layers=4)
    assert len(bigger.transformer_blocks) == len(bigger.temporal_transformer_blocks) == 4
    before, after = (
        m(latents, timestep=times, encoder_hidden_states=text).sample for m in (transformer, bigger)
    )
    assert torch.equal(before, after)


def test_layers_grow_only_to_a_multiple(transformer):
    with pytest.raises(ValueError, match="2 layers cannot grow evenly to 3"):
        grown(transformer, layers=3)


@torch.no_grad()
def test_hidden_text_is_the_same_as_cut_text(transformer):
    latents, times, text = torch.randn(1, 8, 16, 8, 8), torch.tensor([500]), torch.randn(1, 10, 128)
    bias = torch.zeros(1, 1, 1, 10)
    bias[..., 7:] = -1e4
    hidden = denoise(transformer, latents, times, text, bias)
    assert torch.allclose(hidden, denoise(transformer, latents, times, text[:, :7]), atol=1e-5)


@torch.no_grad()
def test_single_frames_equal_the_clip_while_temporal_blocks_are_the_identity():
    torch.manual_seed(0)
    model = build_transformer(layers=2)
    for parameter in [*model.transformer_blocks.parameters(), *model.proj_out.parameters()]:
        torch.nn.init.normal_(parameter, std=0.05)
    latents, times, text = torch.randn(1, 8, 16, 8, 8), torch.tensor([500]), torch.randn(1, 9, 128)
    clip = denoise(model, latents, times, text)
    frames = denoise(
        model,
        latents[0].transpose(0, 1)[:, :, None],
        times.expand(16),
        text.expand(16, -1, -1),
        frame_index=torch.arange(16)[:, None],
    )
    assert torch.allclose(frames[:, :, 0].transpose(0, 1), clip[0], atol=1e-5)


def test_an_untrained_transformer_predicts_zero():
    output = build_transformer(layers=1)(
        torch.randn(1, 8, 16, 8, 8), timestep=torch.tensor([10]), encoder_hidden_states=torch.randn(1, 5, 128)
    )
    assert not output.sample.any()


@pytest.mark.parametrize("steps", [1, 7, 50])
@pytest.mark.parametrize("shift", [1.0, 3.0])
def test_the_scheduler_follows_a_straight_line_to_the_data(steps, shift):
    scheduler = build_scheduler(shift=shift)
    scheduler.set_timesteps(steps)
    data, noise = torch.randn(2, 8), torch.randn(2, 8)
    x = noised(data, noise, scheduler.sigmas[0].expand(2))[0]
    for time in scheduler.timesteps:
        x = scheduler.step(noise - data, time, x).prev_sample
    assert torch.allclose(x, data, atol=1e-5)
    assert scheduler.sigmas[0] > 0.998 and scheduler.sigmas[-1] == 0


@pytest.mark.parametrize("steps", [7, 50])
def test_the_scheduler_of_v_follows_an_arc_to_the_data(steps):
    scheduler = build_scheduler(prediction="v")
    scheduler.set_timesteps(steps)
    data, noise = torch.randn(2, 8), torch.randn(2, 8)
    levels = scheduler.timesteps / 1000 + 0.0005
    x = noised(data, noise, levels[:1].expand(2), prediction="v")[0]
    for time, level in zip(scheduler.timesteps, levels, strict=True):
        x = scheduler.step(noised(data, noise, level.expand(2), prediction="v")[1], time, x).prev_sample
    assert scheduler.timesteps[0] == 999 and torch.allclose(x, data, atol=1e-3)


def test_levels_on_the_arc_are_the_schedulers():
    kept = build_scheduler(prediction="v").alphas_cumprod.sqrt()
    assert torch.allclose(cosine(torch.arange(1000) / 1000 + 0.0005), kept, atol=1e-4)


def test_training_times_are_those_the_scheduler_sends():
    scheduler = build_scheduler(shift=3.0)
    scheduler.set_timesteps(50)
    assert torch.equal(network_time(scheduler.sigmas[:-1].double()), scheduler.timesteps)


def test_levels_cover_everything_evenly():
    levels = sample_levels(100, torch.Generator().manual_seed(0))
    assert torch.equal((levels * 100).long().sort().values, torch.arange(100))


def test_noised_runs_from_data_to_noise():
    data, noise = torch.zeros(3, 2), torch.ones(3, 2)
    x, direction = noised(data, noise, torch.tensor([0.0, 0.25, 1.0]))
    assert x[:, 0].tolist() == [0.0, 0.25, 1.0]
    assert torch.equal(direction, torch.ones(3, 2))


def test_orthogonalize_evens_out_singular_values():
    stack = torch.randn(3, 8, 40, generator=torch.Generator().manual_seed(0)) * torch.linspace(0.1, 1, 40)
    for matrices in (stack, stack.mT):
        values = torch.linalg.svdvals(orthogonalize(matrices, iterations=5))
        assert values.min() > 0.5 and values.max() < 1.5


def test_learning_rate_rises_stays_and_falls():
    scales = [learning_rate_scale(step, steps=100, warmup=10, decay=0.4) for step in range(100)]
    assert scales[0] == 0.1 and scales[9:61] == [1.0] * 52
    assert scales[-1] == pytest.approx(1 / 40)


def test_latents_are_8_by_8():
    vae = build_vae().eval()
    latents = vae.encode(torch.zeros(1, 3, 64, 64)).latent_dist.mean
    assert latents.shape == (1, 8, 8, 8)
    assert vae.decode(latents).sample.shape == (1, 3, 64, 64)


def test_prompts_are_embedded_as_the_pipeline_does():
    import random

    torch.manual_seed(0)
    encoder, tokenizer = build_text_encoder().eval(), build_tokenizer()
    text, bias = PromptEmbedder(encoder)(["a red ball circling", ""], random.Random(0))
    for row, caption in enumerate(["a red ball circling", ""]):
        batch = tokenizer([caption], padding="max_length", max_length=120, return_tensors="pt")
        wanted = encoder(batch.input_ids, attention_mask=batch.attention_mask).last_hidden_state[0, :5]
        assert torch.allclose(text[row, :5], wanted, atol=1e-5)
    assert (bias[0, 0, 0] == 0).tolist() == [True] * 5 + [False] * 5
