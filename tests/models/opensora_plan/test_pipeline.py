"""The pipeline is called as diffusers' pipelines are, and counts calls, not steps."""

import inspect
import io
import re

import numpy as np
import pytest
import torch
from diffusers import LattePipeline, PNDMScheduler

from teacache import TeaCache
from teacache.errors import RequestError
from teacache.models.opensora_plan import OpenSoraPlanPipeline

CALLS = 13  # of 4 steps


def test_150_steps_are_159_calls_that_begin_at_894():
    scheduler = PNDMScheduler()
    scheduler.set_timesteps(150)
    times = scheduler.timesteps.tolist()
    assert len(times) == 159
    assert times[:6] == [894, 891, 891, 888, 888, 885] and times[-3:] == [12, 6, 0]
    assert times.count(894) == times.count(0) == 1  # so that first and last are told by their value


@pytest.mark.parametrize("steps", [4, 7])
def test_progress_callbacks_and_trace_count_calls(pipe, run, steps):
    seen, printed = [], io.StringIO()
    pipe.set_progress_bar_config(file=printed)
    try:
        with TeaCache(pipe, threshold=0) as cache:
            run(steps=steps, callback_on_step_end=lambda p, i, t, k: seen.append((i, float(t))) or k)
    finally:
        pipe.set_progress_bar_config(disable=True)
    calls = steps + 9
    assert pipe.num_timesteps == calls
    assert re.findall(r"(\d+)/(\d+)", printed.getvalue())[-1] == (str(calls), str(calls))
    assert seen == [(i, float(t)) for i, t in enumerate(pipe.scheduler.timesteps)]
    assert cache.trace.steps == len(cache.trace.records) == calls
    assert [(r.call, r.step, r.timestep) for r in cache.trace.records] == [(i, i, t) for i, t in seen]
    assert cache.trace.branches == ("batched",)


def test_the_ideal_speedup_is_calls_over_computed_calls(pipe, run):
    with TeaCache(pipe, threshold=1e9) as cache:
        run()
    assert cache.trace.computed_calls == 2  # the first and the last
    assert cache.trace.ideal_speedup == CALLS / 2


@pytest.mark.parametrize("guidance, branch", [(7.5, "batched"), (1.0, "cond")])
def test_threshold_0_changes_no_bit(pipe, run, guidance, branch):
    plain = run(guidance_scale=guidance)
    with TeaCache(pipe, threshold=0) as cache:
        assert torch.equal(run(guidance_scale=guidance), plain)
        assert torch.equal(run(guidance_scale=guidance), plain)  # the second run as well
    assert torch.equal(run(guidance_scale=guidance), plain)  # and after detaching
    assert cache.trace.branches == (branch,)


def test_a_run_depends_on_its_seed_and_prompt_alone(run):
    assert torch.equal(run(), run())
    assert not torch.equal(run(), run(seed=8))
    assert not torch.equal(run(), run(prompt="a blue square"))


def test_cached_runs_repeat_themselves(pipe, run):
    with TeaCache(pipe, threshold=0.5) as cache:
        first, schedule = run(), cache.trace.schedule
        assert torch.equal(run(), first) and cache.trace.schedule == schedule
    assert 2 < sum(schedule) < CALLS


def test_an_interrupted_run_leaves_nothing_behind(pipe, run):
    def stop(pipe, call, timestep, tensors):
        pipe._interrupt = call == 5
        return tensors

    plain = run()
    with TeaCache(pipe, threshold=0.5) as cache:
        whole, schedule = run(), cache.trace.schedule
        run(callback_on_step_end=stop)
        assert len(cache.trace.records) == 6
        assert torch.equal(run(), whole) and cache.trace.schedule == schedule
    assert torch.equal(run(), plain)


def test_a_callback_may_replace_the_tensors(run):
    def hold(pipe, call, timestep, tensors):
        assert tensors.keys() == {"latents", "prompt_embeds", "negative_prompt_embeds"}
        return {"latents": torch.full_like(tensors["latents"], float(call))}

    every = ["latents", "prompt_embeds", "negative_prompt_embeds"]
    done = run(callback_on_step_end=hold, callback_on_step_end_tensor_inputs=every)
    assert torch.equal(done, torch.full_like(done, CALLS - 1.0))


def test_given_latents_and_features_are_the_run_of_seed_and_prompt(pipe, run):
    noise = pipe.prepare_latents(1, 5, 32, 32, torch.float32, torch.Generator().manual_seed(7))
    cond, null = pipe.encode_prompt("a red ball circling", do_classifier_free_guidance=True)
    given = run(prompt_embeds=cond, negative_prompt_embeds=null, latents=noise)
    assert torch.equal(given, run())


def test_several_videos_are_one_batch(pipe, run):
    generators = [torch.Generator().manual_seed(seed) for seed in (7, 8)]
    prompt = "a red ball circling"
    both = pipe(
        prompt, num_inference_steps=4, num_videos_per_prompt=2, generator=generators, output_type="latent"
    ).frames
    assert torch.allclose(both[:1], run(seed=7), rtol=1e-4, atol=1e-3)
    assert torch.allclose(both[1:], run(seed=8), rtol=1e-4, atol=1e-3)


def test_other_sizes_are_multiples_of_16(run):
    assert run(height=16, width=48).shape == (1, 4, 2, 2, 6)


def test_save_and_load_give_the_same_pipeline(pipe, run, tmp_path):
    pipe.save_pretrained(tmp_path)
    again = OpenSoraPlanPipeline.from_pretrained(tmp_path)
    again.set_progress_bar_config(disable=True)
    assert torch.equal(run(again), run())
    assert {name: type(part) for name, part in again.components.items()} == {
        name: type(part) for name, part in pipe.components.items()
    }
    assert again.vae.use_tiling and again.vae_scale_factor == 8 and again.num_frames == 5


def test_every_output_type_shows_the_same_video(run):
    pixels = run(output_type="uint8")
    assert pixels.dtype == np.uint8 and pixels.shape == (1, 5, 32, 32, 3)
    floats = run(output_type="np")
    assert floats.min() >= 0 and floats.max() <= 1
    assert floats.dtype == np.float32 and np.array_equal((floats * 255).round(), pixels)
    finer = run(output_type="pt").permute(0, 1, 3, 4, 2).numpy()
    assert np.array_equal((finer * 255).astype(np.uint8), pixels)
    assert np.array_equal(np.stack(run(output_type="pil")[0]), pixels[0])


def test_pixels_are_cut_and_not_rounded():
    video = (
        torch.tensor([0.0, 0.9 / 255, 1.99 / 255, 254.9 / 255, 1.0]).view(1, 5, 1, 1, 1).expand(1, 5, 3, 1, 1)
    )
    assert OpenSoraPlanPipeline.to_uint8(video)[0, :, 0, 0, 0].tolist() == [0, 0, 1, 254, 255]


def test_latents_are_unscaled_before_decoding(pipe):
    latents = torch.randn(1, 4, 2, 4, 4, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        video = pipe.vae.decode(latents / 0.18215).sample
        decoded = pipe.decode_latents(latents)
    assert torch.allclose(decoded, (video / 2 + 0.5).clamp(0, 1).transpose(1, 2))


def test_tuples_on_request(run, pipe):
    done = pipe("ball", num_inference_steps=4, output_type="latent", return_dict=False)
    assert isinstance(done, tuple) and done[0].shape == (1, 4, 2, 4, 4)


def test_the_signature_is_that_of_diffusers_pipelines():
    ours, usual = (
        inspect.signature(kind.__call__).parameters for kind in (OpenSoraPlanPipeline, LattePipeline)
    )
    other_names = {"video_length", "num_images_per_prompt"}  # num_frames, num_videos_per_prompt elsewhere
    lattes_own = {"timesteps", "eta", "mask_feature", "enable_temporal_attentions", "decode_chunk_size"}
    assert usual.keys() - ours.keys() == other_names | lattes_own
    assert ours["num_inference_steps"].default == 150 and ours["guidance_scale"].default == 7.5
    assert ours["num_frames"].default is None


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"num_frames": 17}, "makes 5 frames, not 17"),
        ({"num_frames": 1}, "makes 5 frames, not 1"),
        ({"height": 40}, "multiples of 16 pixels, but are 40 x 32"),
        ({"width": -16}, "width is -16, but must be a whole number of at least 16 pixels"),
        ({"height": 32.0}, "height is 32.0, but must be a whole number"),
        ({"num_frames": 0}, "makes 5 frames, not 0"),
        ({"steps": 4.0}, "num_inference_steps is 4.0, but must be a whole number"),
        ({"guidance_scale": None}, "guidance_scale is None, but must be a number"),
        ({"num_videos_per_prompt": 0}, "num_videos_per_prompt is 0"),
        ({"prompt": 5}, "prompt is 5, but must be a string or a list of strings"),
        ({"prompt": []}, "prompt is [], but must be"),
        ({"negative_prompt": ["dull", "grey"]}, "negative_prompt has 2 texts for 1 of prompt"),
        ({"negative_prompt": None}, "negative_prompt is None, but must be"),
        ({"latents": torch.ones(1, 4, 2, 6, 6)}, "are (1, 4, 2, 6, 6), but this call needs (1, 4, 2, 4, 4)"),
        ({"latents": torch.ones(2, 4, 2, 4, 4)}, "are (2, 4, 2, 4, 4), but this call needs (1, 4, 2, 4, 4)"),
        ({"steps": 3}, "too few for PNDM"),
        ({"output_type": "gif"}, "no output_type 'gif'"),
        ({"prompt": None}, "either prompt or prompt_embeds"),
        ({"negative_prompt_embeds": torch.ones(1, 2, 16)}, "give negative_prompt"),
        ({"prompt_embeds": torch.ones(1, 2, 16)}, "negative_prompt_embeds of the same shape"),
        (
            {"prompt_embeds": torch.ones(1, 2, 16), "negative_prompt_embeds": torch.ones(1, 3, 16)},
            "negative_prompt_embeds of the same shape",
        ),
        ({"callback_on_step_end_tensor_inputs": ["noise"]}, "negative_prompt_embeds, but not 'noise'"),
    ],
)
def test_what_cannot_be_used_is_refused_before_anything_runs(run, wrong, said):
    with pytest.raises(RequestError, match=re.escape(said)):
        run(**wrong)


def test_without_a_text_encoder_features_are_asked_for(their_pipe):
    with pytest.raises(RequestError, match="give prompt_embeds"):
        their_pipe("a ball")
