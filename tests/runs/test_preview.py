"""The guess at the clip is what the scheduler itself would say, without asking it."""

import pytest
import torch
from diffusers import (
    DDIMScheduler,
    EDMEulerScheduler,
    EulerDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler,
    UniPCMultistepScheduler,
)

from teacache.runs.preview import affordable, clean_estimate

NOISE, OUTPUT = torch.randn(2, 1, 4, 3, 8, 8, generator=torch.Generator().manual_seed(0)).unbind(0)


@pytest.mark.parametrize(
    "prediction, zero_snr", [("v_prediction", True), ("epsilon", False), ("sample", False)]
)
@pytest.mark.parametrize("step", [1, 4, 9])
def test_it_is_the_prediction_of_ddim(prediction, zero_snr, step):
    scheduler = DDIMScheduler(
        prediction_type=prediction,
        rescale_betas_zero_snr=zero_snr,
        clip_sample=False,
        timestep_spacing="trailing",
    )
    scheduler.set_timesteps(10)
    result = scheduler.step(OUTPUT, scheduler.timesteps[step], NOISE)
    guess = clean_estimate(scheduler, NOISE, result.prev_sample, step)
    assert torch.allclose(guess, result.pred_original_sample, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("step", [0, 3, 9])
def test_it_is_the_end_of_the_line_of_a_rectified_flow(step):
    scheduler = FlowMatchEulerDiscreteScheduler()
    scheduler.set_timesteps(10)
    after = scheduler.step(OUTPUT, scheduler.timesteps[step], NOISE).prev_sample
    expected = NOISE - scheduler.sigmas[step] * OUTPUT
    assert torch.allclose(clean_estimate(scheduler, NOISE, after, step), expected, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("step", [0, 3, 9])
def test_a_flow_whose_levels_count_upwards_ends_on_the_same_side(step):
    scheduler = FlowMatchEulerDiscreteScheduler(invert_sigmas=True)  # as Mochi has it
    scheduler.set_timesteps(10)
    after = scheduler.step(OUTPUT, scheduler.timesteps[step], NOISE).prev_sample
    expected = NOISE + (1 - scheduler.sigmas[step]) * OUTPUT
    assert torch.allclose(clean_estimate(scheduler, NOISE, after, step), expected, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("step", [0, 3, 9])
def test_it_is_the_prediction_of_edm(step):
    scheduler = EDMEulerScheduler(sigma_data=0.5)  # as Cosmos has it
    scheduler.set_timesteps(10)
    latents = NOISE * scheduler.sigmas[step]
    result = scheduler.step(OUTPUT, scheduler.timesteps[step], latents)
    guess = clean_estimate(scheduler, latents, result.prev_sample, step)
    assert torch.allclose(guess, result.pred_original_sample, rtol=1e-3, atol=1e-3)


def test_the_first_step_of_unipc_on_a_flow_is_a_straight_line():
    scheduler = UniPCMultistepScheduler(use_flow_sigmas=True, prediction_type="flow_prediction")
    scheduler.set_timesteps(10)
    after = scheduler.step(OUTPUT, scheduler.timesteps[0], NOISE).prev_sample
    expected = NOISE - scheduler.sigmas[0] * OUTPUT
    assert torch.allclose(clean_estimate(scheduler, NOISE, after, 0), expected, rtol=1e-2, atol=1e-2)


def test_unknown_noise_levels_give_the_latents_themselves():
    scheduler = EulerDiscreteScheduler()
    scheduler.set_timesteps(10)
    assert clean_estimate(scheduler, NOISE, OUTPUT, 3) is OUTPUT


def test_a_repeated_timestep_gives_the_latents_themselves():
    scheduler = DDIMScheduler()
    scheduler.set_timesteps(10)
    scheduler.timesteps[4] = scheduler.timesteps[3]
    assert clean_estimate(scheduler, NOISE, OUTPUT, 3) is OUTPUT


def test_previews_keep_to_their_share_of_the_time():
    assert affordable(0.0, 0, 0.001)  # the first is always made
    assert affordable(0.1, 1, 1.0) and not affordable(0.11, 1, 1.0)
    assert not affordable(5.0, 1, 10.0)
