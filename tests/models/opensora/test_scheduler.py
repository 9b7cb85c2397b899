"""The rectified flow: its timesteps, its steps."""

import json

import pytest
import torch

from teacache.errors import RequestError
from teacache.models.opensora import RectifiedFlowScheduler
from tests import parity


def scheduler(steps=30, **size):
    flow = RectifiedFlowScheduler()
    flow.set_timesteps(steps, **size)
    return flow


def test_timesteps_are_the_authors_to_the_bit(golden):
    config = json.loads(parity.found(golden / "opensora12" / "config.json").read_text())
    size = {name: int(config["model_args"][name]) for name in ("height", "width", "num_frames")}
    timesteps = scheduler(config["num_sampling_steps"], **size).timesteps
    assert timesteps.tolist() == config["transformed_timesteps"]
    assert timesteps.bfloat16().tolist() == config["bf16_timesteps"]


def test_the_paper_s_setting_ends_at_143():
    timesteps = scheduler(height=480, width=854, num_frames=51).timesteps
    assert timesteps[0] == pytest.approx(1000)
    assert timesteps[-1] == pytest.approx(143.1, abs=0.05)


def test_an_image_of_512_pixels_and_a_flow_without_transform_take_equal_steps():
    plain = RectifiedFlowScheduler(use_timestep_transform=False)
    plain.set_timesteps(4, height=720, width=1280, num_frames=51)
    for timesteps in (plain.timesteps, scheduler(4).timesteps):
        assert timesteps.tolist() == [1000.0, 750.0, 500.0, 250.0]


def test_frames_beyond_the_last_whole_chunk_do_not_pace_the_steps():
    paced = [scheduler(height=480, width=854, num_frames=n).timesteps.tolist() for n in (17, 33, 34)]
    assert paced[0] == paced[1] != paced[2]


def test_clips_without_a_whole_chunk_are_refused_instead_of_giving_nan():
    with pytest.raises(RequestError, match="17"):
        scheduler(height=480, width=854, num_frames=16)


def test_a_true_velocity_leads_from_the_noise_to_the_clip():
    flow = scheduler(7, height=480, width=854, num_frames=51)
    clip, noise = torch.randn(2, 1, 4, 5, 6, 6).double().unbind(0)
    x = noise
    for t in flow.timesteps:
        x = flow.step(clip - noise, t, x).prev_sample
    assert torch.allclose(x, clip.float(), atol=1e-5)


def test_sigmas_are_the_share_of_noise_and_end_at_none():
    flow = scheduler(5, height=480, width=854, num_frames=51)
    assert torch.allclose(flow.sigmas[:-1], flow.timesteps / 1000)
    assert flow.sigmas[-1] == 0 and len(flow.sigmas) == 6


def test_half_precision_outputs_are_added_up_in_float32():
    flow = scheduler(4)
    x = flow.step(torch.ones(1, dtype=torch.bfloat16), flow.timesteps[0], torch.ones(1, dtype=torch.bfloat16))
    assert x.prev_sample.dtype == torch.float32
    assert x.prev_sample.item() == pytest.approx(1.25)


def test_a_walk_can_begin_in_the_middle_but_not_beside_the_schedule():
    flow = scheduler(4)
    assert flow.step(torch.ones(1), flow.timesteps[2], torch.zeros(1)).prev_sample.item() == 0.25
    assert flow.step(torch.ones(1), flow.timesteps[3], torch.zeros(1)).prev_sample.item() == 0.25
    with pytest.raises(RequestError, match="not in the schedule"):
        scheduler(4).step(torch.ones(1), 333.0, torch.zeros(1))


def test_it_needs_at_least_one_step():
    with pytest.raises(RequestError, match="num_inference_steps"):
        scheduler(0)


def test_saved_and_loaded_it_is_the_same(tmp_path):
    RectifiedFlowScheduler(use_timestep_transform=False).save_pretrained(tmp_path)
    assert RectifiedFlowScheduler.from_pretrained(tmp_path).config.use_timestep_transform is False
