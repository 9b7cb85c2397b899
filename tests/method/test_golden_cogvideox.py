"""Parity with the authors' code on CogVideoX: their decisions, distances and latents, from their own run.

The data come from ali-vilab/TeaCache, eval/teacache/experiments/cogvideox.py, on two small models with random
weights: "2b" has a learned position table, "5b" rotary positions. They compare the time embedding, which is
the variant "authors" of the class.
"""

from types import SimpleNamespace

import pytest
import torch
from diffusers import CogVideoXDDIMScheduler, CogVideoXTransformer3DModel
from safetensors.torch import load_file

from teacache.method.cache import TeaCache
from teacache.method.gate import Settings
from tests import parity

pytest_generate_tests = parity.each_run("cogvideox_2b", "cogvideox_5b")


@pytest.fixture(scope="module")
def theirs(golden, system):
    """Their model in diffusers' class, their inputs and their numbers."""
    data = parity.read(golden / system)
    data.model = CogVideoXTransformer3DModel.from_config(data.config["transformer"]).eval()
    data.model.load_state_dict(load_file(data.folder / "transformer.safetensors"))
    rotary = data.config["transformer"]["use_rotary_positional_embeddings"]
    data.rotary = (data.forward["rope_cos"], data.forward["rope_sin"]) if rotary else None
    return data


@pytest.mark.parametrize("times, wanted", [("timestep", "out"), ("timestep_mixed", "out_mixed_timestep")])
@torch.no_grad()
def test_the_network_gives_their_output(theirs, times, wanted):
    given = theirs.forward
    out = theirs.model(
        given["x"], given["ctx"], given[times], image_rotary_emb=theirs.rotary, return_dict=False
    )[0]
    parity.assert_near(out, given[wanted])


@pytest.fixture(scope="module")
def result(theirs, name):
    """The authors' sampling: DDIM, both branches in one batch (null first)."""
    options = {k: v for k, v in theirs.config["scheduler"].items() if k != "cls"}
    scheduler = CogVideoXDDIMScheduler(**options)
    scheduler.set_timesteps(theirs.config["num_inference_steps"])
    settings = Settings(
        threshold=parity.threshold(name),
        coefficients=tuple(theirs.config["teacache_coefficients"]),
        variant="authors",
    )
    text = torch.cat([theirs.sampling["uncond"], theirs.sampling["cond"]])
    x, latents, outputs = theirs.sampling["latents0"], [], []
    pipe = SimpleNamespace(transformer=theirs.model, scheduler=scheduler)
    with torch.no_grad(), TeaCache(pipe, settings=settings) as cache:
        for t in scheduler.timesteps:
            out = theirs.model(
                torch.cat([x, x]), text, t[None].expand(2), image_rotary_emb=theirs.rotary, return_dict=False
            )[0]
            outputs.append(out)
            null, cond = out.chunk(2)
            noise = null + theirs.config["guidance_scale"] * (cond - null)
            x = scheduler.step(noise, t, x, return_dict=False)[0]
            latents.append(x)
    return cache.trace, torch.stack(latents), torch.stack(outputs)


def test_latents_and_outputs_are_theirs_at_every_step(theirs, name, result):
    _, latents, outputs = result
    parity.assert_near(latents, theirs.sampling[f"{name}/latents"])
    parity.assert_near(outputs, theirs.sampling[f"{name}/model_out"])
    parity.assert_near(latents[-1], theirs.sampling[f"{name}/final"])


def test_decisions_distances_and_sums_are_theirs(theirs, name, result):
    trace, decisions = result[0], theirs.decisions[name]
    assert trace.latent_free
    assert [r.timestep for r in trace.records] == [d["timestep"] for d in decisions]
    parity.assert_decisions(trace.records, decisions, cached=bool(parity.threshold(name)))
