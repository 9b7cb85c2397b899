"""Parity with the authors' code on Latte: their decisions, distances and latents, from their own run.

The data come from ali-vilab/TeaCache, eval/teacache/experiments/latte.py, on a small model with random
weights.
"""

from types import SimpleNamespace

import pytest
import torch
from diffusers import DDIMScheduler, LatteTransformer3DModel
from safetensors.torch import load_file

from teacache.method.cache import TeaCache
from teacache.method.gate import Settings
from tests import parity

pytest_generate_tests = parity.each_run("latte")


@pytest.fixture(scope="module")
def latte(golden, system):
    """Their model in diffusers' class, their inputs and their numbers."""
    data = parity.read(golden / system)
    data.model = LatteTransformer3DModel.from_config(data.config["transformer"]).eval()
    data.model.load_state_dict(load_file(data.folder / "transformer.safetensors"))
    return data


@pytest.mark.parametrize("times, wanted", [("timestep", "out"), ("timestep_mixed", "out_mixed_timestep")])
@torch.no_grad()
def test_the_network_gives_their_output(latte, times, wanted):
    given = latte.forward
    out = latte.model(
        given["x"], timestep=given[times], encoder_hidden_states=given["ctx"], return_dict=False
    )[0]
    parity.assert_near(out, given[wanted])


@torch.no_grad()
def run(latte, threshold):
    """The authors' sampling: DDIM, both branches in one batch (null first), the variance dropped."""
    scheduler = DDIMScheduler(beta_start=0.0001, beta_end=0.02, beta_schedule="linear", clip_sample=False)
    scheduler.set_timesteps(latte.config["num_inference_steps"])
    text = torch.cat([latte.sampling["uncond"], latte.sampling["cond"]])
    x, latents, outputs = latte.sampling["latents0"], [], []
    settings = Settings(threshold=threshold, coefficients=tuple(latte.config["teacache_coefficients"]))
    with TeaCache(SimpleNamespace(transformer=latte.model, scheduler=scheduler), settings=settings) as cache:
        for t in scheduler.timesteps:
            out = latte.model(
                torch.cat([x, x]), timestep=t[None].expand(2), encoder_hidden_states=text, return_dict=False
            )[0]
            outputs.append(out)
            null, cond = out.chunk(2)
            noise = (null + latte.config["guidance_scale"] * (cond - null)).chunk(2, dim=1)[0]
            x = scheduler.step(noise, t, x, return_dict=False)[0]
            latents.append(x)
    return cache.trace, torch.stack(latents), torch.stack(outputs)


@pytest.fixture(scope="module")
def result(latte, name):
    return run(latte, parity.threshold(name))


def test_latents_and_outputs_are_theirs_at_every_step(latte, name, result):
    _, latents, outputs = result
    parity.assert_near(latents, latte.sampling[f"{name}/latents"])
    parity.assert_near(outputs, latte.sampling[f"{name}/model_out"])
    parity.assert_near(latents[-1], latte.sampling[f"{name}/final"])


def test_decisions_distances_and_sums_are_theirs(latte, name, result):
    records, theirs = result[0].records, latte.decisions[name]
    assert [r.timestep for r in records] == [d["timestep"] for d in theirs]
    parity.assert_decisions(records, theirs, cached=bool(parity.threshold(name)))
