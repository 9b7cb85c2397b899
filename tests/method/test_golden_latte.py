"""Parity with the authors' code on Latte: their decisions, distances and latents, from their own run.

The data come from ali-vilab/TeaCache, eval/teacache/experiments/latte.py, on a small model with random
weights.
"""

import json
from types import SimpleNamespace

import pytest
import torch
from diffusers import DDIMScheduler, LatteTransformer3DModel
from safetensors.torch import load_file

from teacache.method.cache import TeaCache
from teacache.method.gate import Settings

RUNS = {"baseline": 0.0, "teacache_0.1": 0.1, "teacache_0.2": 0.2}
TOLERANCE = 1e-5  # of the largest value


@pytest.fixture(scope="module")
def latte(golden):
    """Their model in diffusers' class, their inputs and their numbers."""
    folder = golden / "latte"
    config = json.loads((folder / "config.json").read_text())
    model = LatteTransformer3DModel.from_config(config["transformer"]).eval()
    model.load_state_dict(load_file(folder / "transformer.safetensors"))
    return SimpleNamespace(
        model=model,
        config=config,
        tensors=load_file(folder / "sampling.safetensors"),
        decisions=json.loads((folder / "decisions.json").read_text()),
    )


@torch.no_grad()
def run(latte, threshold):
    """The authors' sampling: DDIM, both branches in one batch (null first), the variance dropped."""
    scheduler = DDIMScheduler(beta_start=0.0001, beta_end=0.02, beta_schedule="linear", clip_sample=False)
    scheduler.set_timesteps(latte.config["num_inference_steps"])
    text = torch.cat([latte.tensors["uncond"], latte.tensors["cond"]])
    x, latents, outputs = latte.tensors["latents0"], [], []
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


@pytest.fixture(scope="module", params=RUNS)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def result(latte, name):
    return run(latte, RUNS[name])


def test_latents_and_outputs_are_theirs_at_every_step(latte, name, result):
    _, latents, outputs = result
    for got, wanted in ((latents, f"{name}/latents"), (outputs, f"{name}/model_out")):
        theirs = latte.tensors[wanted]
        assert (got - theirs).abs().max() <= TOLERANCE * theirs.abs().max()
    final = latte.tensors[f"{name}/final"]
    assert (latents[-1] - final).abs().max() <= TOLERANCE * final.abs().max()


def test_decisions_are_theirs(latte, name, result):
    theirs = latte.decisions[name]
    assert [(r.timestep, r.computed) for r in result[0].records] == [
        (d["timestep"], d["calculated"]) for d in theirs
    ]


def test_distances_and_sums_are_theirs(latte, name, result):
    theirs = latte.decisions[name]
    if name == "baseline":
        assert {r.reason for r in result[0].records} == {"off"}
        return
    for record, their in zip(result[0].records, theirs, strict=True):
        wanted = their["rel_l1"] and pytest.approx(their["rel_l1"], rel=TOLERANCE)
        assert record.indicator_distance == wanted
        assert (record.reason in ("first", "last")) == their["forced"]
        if not record.computed:
            assert record.accumulated_distance == pytest.approx(their["acc_after"], rel=TOLERANCE)


def test_the_golden_runs_contain_computed_and_reused_calls(latte):
    counts = {name: sum(d["calculated"] for d in latte.decisions[name]) for name in RUNS}
    assert counts["baseline"] == 10 > counts["teacache_0.1"] > counts["teacache_0.2"] > 2
