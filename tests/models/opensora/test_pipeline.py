"""OpenSoraPipeline as diffusers' users expect it, with and without TeaCache."""

import json
import logging

import numpy as np
import pytest
import torch
from diffusers import AutoencoderKL

from teacache import TeaCache
from teacache.errors import RequestError
from teacache.models.opensora import OpenSoraPipeline, OpenSoraVAE, STDiT3
from teacache.models.opensora.sizes import latent_frames


def encoded(pipe):
    with torch.no_grad():
        return pipe.encode_prompt("a red ball circling")


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def test_the_same_generator_gives_the_same_bits_and_another_does_not(call):
    first, again, other = call(), call(), call(generator=seeded(1))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.parametrize("frames", [1, 17, 24, 51])
def test_every_length_gives_its_frames(call, frames):
    assert call(steps=1, num_frames=frames).shape == (1, 4, latent_frames(frames), 4, 4)
    video = call(steps=1, num_frames=frames, output_type="np")
    assert video.shape == (1, frames, 32, 32, 3)
    assert 0 <= video.min() < video.max() <= 1


def test_sizes_that_are_no_multiple_of_eight_are_cut_and_odd_latents_are_padded(call):
    assert call(steps=1, height=47, width=30, output_type="np").shape == (1, 17, 40, 24, 3)


def test_pil_and_tensors_hold_the_same_pixels(call):
    pil, array = call(steps=1, output_type="pil"), call(steps=1, output_type="np")
    assert [image.size for image in pil[0]] == [(32, 32)] * 17
    assert np.array_equal(np.stack(pil[0]), (array[0] * 255).round().astype(np.uint8))
    assert torch.equal(call(steps=1, output_type="pt"), torch.from_numpy(array).permute(0, 1, 4, 2, 3))


def test_a_tuple_on_request(pipe, call):
    frames = call(steps=2)
    arguments = {
        "height": 32,
        "width": 32,
        "num_frames": 17,
        "num_inference_steps": 2,
        "output_type": "latent",
    }
    (again,) = pipe("a red ball circling", generator=seeded(), return_dict=False, **arguments)
    assert torch.equal(frames, again)


def test_given_noise_takes_the_place_of_the_generator(call):
    noise = torch.randn(1, 4, 5, 4, 4, generator=seeded())
    assert torch.equal(call(latents=noise, generator=None), call())
    with pytest.raises(
        RequestError, match=r"latents are \(1, 4, 5, 2, 2\), but this call needs \(1, 4, 5, 4, 4\)"
    ):
        call(latents=noise[..., :2, :2])


def test_embeddings_take_the_place_of_the_prompt_and_need_no_text_encoder(pipe, call):
    wanted = call()
    embeds, mask = encoded(pipe)
    pipe.text_encoder = pipe.tokenizer = None
    with torch.no_grad():
        assert torch.equal(call(prompt=None, prompt_embeds=embeds, prompt_attention_mask=mask), wanted)
        assert torch.equal(call(prompt=None, prompt_embeds=embeds), wanted)  # all tokens count
    with pytest.raises(RequestError, match="no text encoder: give prompt_embeds"):
        call()


def test_tokens_that_do_not_count_change_nothing(pipe, call):
    embeds, mask = encoded(pipe)
    junk = torch.cat([embeds, torch.randn(1, 9, embeds.shape[2])], dim=1)
    longer = torch.cat([mask, torch.zeros(1, 9, dtype=torch.bool)], dim=1)
    with torch.no_grad():
        got = call(prompt=None, prompt_embeds=junk, prompt_attention_mask=longer)
        assert torch.equal(got, call())
        front = torch.cat([torch.randn(1, 9, embeds.shape[2]), embeds], dim=1)
        moved = torch.cat([torch.zeros(1, 9, dtype=torch.bool), mask], dim=1)
        plain = call(guidance=1.0)  # without the null prompt, which is cut from its front
        got = call(guidance=1.0, prompt=None, prompt_embeds=front, prompt_attention_mask=moved)
    assert torch.allclose(got, plain, atol=1e-5)


def test_prompts_of_different_length_share_a_batch_without_touching_each_other(call):
    prompts = ["a red ball circling", "a ball"]
    both = call(steps=2, prompt=prompts, generator=[seeded(0), seeded(1)])
    alone = [call(steps=2, prompt=p, generator=seeded(i)) for i, p in enumerate(prompts)]
    assert torch.allclose(both, torch.cat(alone), atol=1e-5)


def test_the_null_branch_is_the_learned_prompt_and_guidance_weighs_it(pipe, call):
    guided, plain = call(steps=1, guidance=3.0), call(steps=1, guidance=1.0)
    embeds, mask = encoded(pipe)
    null = pipe.transformer.y_embedder.y_embedding[None, : embeds.shape[1]]
    with torch.no_grad():
        unconditional = call(
            steps=1, guidance=1.0, prompt=None, prompt_embeds=null, prompt_attention_mask=mask
        )
    assert torch.allclose(guided, unconditional + 3.0 * (plain - unconditional), atol=1e-5)


def test_frame_rate_of_clips_and_images(pipe, call):
    told = []
    pipe.transformer.fps_embedder.register_forward_pre_hook(
        lambda _, args: told.append(set(args[0].tolist()))
    )
    call(steps=1)
    call(steps=1, num_frames=1)
    assert told == [{24.0}, {120.0}]


def test_a_long_prompt_is_cut_with_a_warning(pipe, call, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("diffusers"), "propagate", True)
    monkeypatch.setattr(logging.getLogger("teacache.models.opensora.pipeline"), "disabled", False)
    embeds, _ = pipe.encode_prompt("ball " * 50)
    assert embeds.shape[1] == pipe.transformer.config.model_max_length
    assert "reads only 32 tokens" in caplog.text


def test_callbacks_get_what_they_ask_for_and_may_change_it(pipe, call):
    seen = []

    def stop_the_noise(pipe, step, timestep, tensors):
        seen.append((step, timestep.item(), sorted(tensors)))
        return {"latents": torch.zeros_like(tensors["latents"])} if step == 3 else {}

    asked = ["latents", "prompt_embeds"]
    out = call(callback_on_step_end=stop_the_noise, callback_on_step_end_tensor_inputs=asked)
    assert seen == [(i, t, asked) for i, t in enumerate(pipe.scheduler.timesteps.tolist())]
    assert not out.any()
    with pytest.raises(RequestError, match="'noise_pred'"):
        call(callback_on_step_end=stop_the_noise, callback_on_step_end_tensor_inputs=["noise_pred"])


def test_embeddings_from_a_callback_hold_for_the_steps_that_follow(pipe, call):
    told = []

    def forget(pipe, step, timestep, tensors):
        told.append(tensors["prompt_embeds"].abs().sum().item())
        return {"prompt_embeds": torch.zeros_like(tensors["prompt_embeds"])} if step == 1 else {}

    out = call(callback_on_step_end=forget, callback_on_step_end_tensor_inputs=["prompt_embeds"])
    assert told[0] == told[1] > 0 and told[2:] == [0.0, 0.0]
    assert not torch.equal(out, call())


def test_an_interrupted_call_stops_and_the_next_one_is_whole(pipe, call):
    kept = []

    def stop(pipe, step, timestep, tensors):
        kept.append(tensors["latents"])
        pipe._interrupt = step == 1

    assert torch.equal(call(callback_on_step_end=stop), kept[1])
    assert len(kept) == 2
    assert pipe.num_timesteps == 4 and pipe.current_timestep is None
    assert not torch.equal(call(), kept[1])


@pytest.mark.parametrize(
    "wrong, reason",
    [
        ({"num_frames": 16}, "at least 17"),
        ({"height": 4}, "height is 4"),
        ({"width": 32.5}, "width is 32.5"),
        ({"output_type": "mp4"}, "output_type"),
        ({"negative_prompt": "blurry"}, "null prompt is learned"),
        ({"prompt": None}, "either prompt or prompt_embeds"),
        ({"prompt": []}, "a string or a list of strings"),
        ({"prompt_attention_mask": torch.ones(1, 3)}, "belongs to prompt_embeds"),
        (
            {
                "prompt": None,
                "prompt_embeds": torch.ones(1, 3, 16),
                "prompt_attention_mask": torch.zeros(1, 3),
            },
            "without any token",
        ),
        ({"prompt": None, "prompt_embeds": torch.ones(1, 33, 16)}, "at most 32 tokens, 16"),
        ({"prompt": None, "prompt_embeds": torch.ones(1, 3, 15)}, "at most 32 tokens, 16"),
        ({"num_inference_steps": 0}, "num_inference_steps is 0, but must be a whole number of at least 1"),
        ({"num_inference_steps": 4.0}, "num_inference_steps is 4.0, but must be a whole number"),
        ({"num_frames": 0}, "num_frames is 0"),
        ({"height": 32.0}, "height is 32.0, but must be a whole number"),
        ({"prompt": 5}, "prompt is 5, but must be a string or a list of strings"),
        ({"guidance_scale": None}, "guidance_scale is None, but must be a number"),
        ({"motion_score": "much"}, "motion_score is 'much', but must be a number, or None"),
        ({"aesthetic_score": "fine"}, "aesthetic_score is 'fine', but must be a number, or None"),
        ({"camera_motion": 3}, "camera_motion is 3, but must be a string, or None"),
        ({"latents": [0.0]}, r"latents are a list, but must be a tensor of shape \(1, 4, 5, 4, 4\)"),
        (
            {"callback_on_step_end_tensor_inputs": "latents", "callback_on_step_end": lambda *_: {}},
            "is 'latents', but must be a list of names out of latents, prompt_embeds",
        ),
    ],
)
def test_what_cannot_be_made_is_refused_in_a_sentence(call, wrong, reason):
    with pytest.raises(RequestError, match=reason):
        call(**wrong)


def test_an_empty_negative_prompt_is_none(call):
    assert torch.equal(call(steps=1, negative_prompt=""), call(steps=1))


def test_saved_and_loaded_it_makes_the_same_bits(pipe, call, tmp_path):
    wanted = call()
    pipe.save_pretrained(tmp_path)
    again = OpenSoraPipeline.from_pretrained(tmp_path)
    again.set_progress_bar_config(disable=True)
    assert isinstance(again.transformer, STDiT3) and isinstance(again.vae, OpenSoraVAE)
    assert json.loads((tmp_path / "model_index.json").read_text())["_class_name"] == "OpenSoraPipeline"
    made = again(
        "a red ball circling", height=32, width=32, num_frames=17, num_inference_steps=4, generator=seeded(),
        output_type="latent",
    ).frames  # fmt: skip
    assert torch.equal(made, wanted)


def test_threshold_0_changes_no_bit_also_the_second_time_and_after_leaving(pipe, call):
    wanted = call()
    with TeaCache(pipe, threshold=0) as cache:
        assert torch.equal(call(), wanted)
        assert torch.equal(call(), wanted)
    assert {r.reason for r in cache.trace.records} == {"off"}
    assert torch.equal(call(), wanted)


@pytest.mark.parametrize("guidance, branch", [(7.0, "batched"), (1.0, "cond")])
def test_steps_branch_and_timesteps_are_recognised(pipe, call, guidance, branch):
    with TeaCache(pipe, threshold=0.2) as cache:
        call(guidance=guidance)
    assert [r.step for r in cache.trace.records] == [0, 1, 2, 3]
    assert [r.timestep for r in cache.trace.records] == pipe.scheduler.timesteps.tolist()
    assert cache.trace.branches == (branch,)
    assert cache.trace.steps == 4


def test_reused_calls_skip_every_block_and_run_the_last_layer(pipe, call):
    ran = []
    parts = [
        *pipe.transformer.spatial_blocks,
        *pipe.transformer.temporal_blocks,
        pipe.transformer.final_layer,
    ]
    for part in parts:
        inner = getattr(part, "mlp", part)
        inner.register_forward_hook(lambda module, *_: ran.append(type(module).__name__))
    with TeaCache(pipe, threshold=1e9) as cache:
        call()
    assert cache.trace.schedule == (True, False, False, True)
    assert ran.count("Mlp") == 2 * 4 and ran.count("FinalLayer") == 4


def test_after_an_interrupted_run_another_length_and_size_start_afresh(pipe, call):
    other = {"num_frames": 24, "height": 48, "width": 40, "steps": 5}

    def stop(pipe, step, timestep, tensors):
        pipe._interrupt = step == 1

    with TeaCache(pipe, threshold=0.2) as cache:
        wanted = call(**other)
        schedule = cache.trace.schedule
    with TeaCache(pipe, threshold=0.2) as cache:
        call(callback_on_step_end=stop)
        assert len(cache.trace.records) == 2
        assert torch.equal(call(**other), wanted)
        assert cache.trace.schedule == schedule


def test_bf16_runs_and_keeps_the_state_in_float32(pipe, call):
    single = call()
    pipe.to(dtype=torch.bfloat16)
    half = call()
    assert half.dtype == torch.float32
    assert (half - single).abs().mean() < 0.1 * single.abs().mean()
    with TeaCache(pipe, threshold=0):
        assert torch.equal(call(), half)


def test_in_bf16_the_network_sees_rounded_numbers_and_the_schedule_stays_exact(pipe, call):
    seen = {"t_embedder": [], "fps_embedder": []}
    for name, values in seen.items():
        part = getattr(pipe.transformer, name)
        part.register_forward_pre_hook(lambda _, args, values=values: values.append(args[0][0].item()))
    pipe.to(dtype=torch.bfloat16)
    call()
    exact = pipe.scheduler.timesteps
    assert exact.dtype == torch.float32
    assert seen == {"t_embedder": exact.bfloat16().tolist(), "fps_embedder": [24.0] * 4}
    assert seen["t_embedder"] != exact.tolist()


def test_the_autoencoder_takes_back_what_it_made_in_chunks(pipe):
    clip = torch.randn(1, 3, 22, 16, 16, generator=seeded())
    vae = pipe.vae
    with torch.no_grad():
        latents = vae.encode(clip).latent_dist.mode()
        assert latents.shape == (1, 4, 7, 2, 2)
        assert vae.decode(latents, 22).sample.shape == clip.shape
        one = vae.encode(clip[:, :, :17]).latent_dist.mode()
    assert torch.allclose(latents[:, :, :5], one, atol=1e-5)  # a chunk knows nothing of the next
    for frames in (20, 26):
        with pytest.raises(RequestError, match="7 latent frames make up to 25 frames"):
            vae.decode(latents, frames)


def test_decoding_alone_takes_the_longest_clip(pipe):
    for latents, frames in ((1, 1), (5, 17), (7, 25), (15, 51)):
        assert pipe.decode_latents(torch.zeros(1, 4, latents, 1, 1)).shape[2] == frames


def test_full_size_models_have_the_published_numbers_of_values():
    with torch.device("meta"):
        network, autoencoder = STDiT3(), OpenSoraVAE()
    count = lambda module: sum(value.numel() for value in module.state_dict().values())  # noqa: E731
    assert len(network.state_dict()) == 973
    assert round(count(network) / 1e6, 1) == 1208.9
    assert round(count(autoencoder.spatial_vae) / 1e6, 1) == 83.7
    assert round(count(autoencoder.temporal_vae) / 1e6, 1) == 309.7
    assert isinstance(autoencoder.spatial_vae.module, AutoencoderKL)
    assert autoencoder.spatial_vae.module.config.scaling_factor == 0.18215
