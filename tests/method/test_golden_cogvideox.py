"""Parity with the authors' code on CogVideoX: their decisions, distances and latents, from their own run.

The data come from ali-vilab/TeaCache, eval/teacache/experiments/cogvideox.py, on two small models with random
weights: "2b" has a learned position table, "5b" rotary positions. They compare the time embedding, which is
the variant "authors" of the class.
"""

import json
from types import SimpleNamespace

import pytest
import torch
from diffusers import CogVideoXDDIMScheduler, CogVideoXTransformer3DModel
from safetensors.torch import load_file

from teacache.method.cache import TeaCache
from teacache.method.gate import Settings

RUNS = {"baseline": 0.0, "teacache_0.1": 0.1, "teacache_0.2": 0.2}
TOLERANCE = 1e-5  # of the largest value


@pytest.fixture(scope="module", params=["cogvideox_2b", "cogvideox_5b"])
def system(golden, request):
    """Their model in diffusers' class, their inputs and their numbers."""
    folder = golden / request.param
    config = json.loads((folder / "config.json").read_text())
    model = CogVideoXTransformer3DModel.from_config(config["transformer"]).eval()
    model.load_state_dict(load_file(folder / "transformer.safetensors"))
    rotary = config["transformer"]["use_rotary_positional_embeddings"]
    tables = load_file(folder / "forward.safetensors") if rotary else {}
    return SimpleNamespace(
        model=model,
        config=config,
        rotary=(tables["rope_cos"], tables["rope_sin"]) if rotary else None,
        tensors=load_file(folder / "sampling.safetensors"),
        decisions=json.loads((folder / "decisions.json").read_text()),
    )


@pytest.fixture(scope="module", params=RUNS)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def result(system, name):
    """The authors' sampling: DDIM, both branches in one batch (null first)."""
    options = {k: v for k, v in system.config["scheduler"].items() if k != "cls"}
    scheduler = CogVideoXDDIMScheduler(**options)
    scheduler.set_timesteps(system.config["num_inference_steps"])
    settings = Settings(
        threshold=RUNS[name],
        coefficients=tuple(system.config["teacache_coefficients"]),
        variant="authors",
    )
    text = torch.cat([system.tensors["uncond"], system.tensors["cond"]])
    x, latents, outputs = system.tensors["latents0"], [], []
    pipe = SimpleNamespace(transformer=system.model, scheduler=scheduler)
    with torch.no_grad(), TeaCache(pipe, settings=settings) as cache:
        for t in scheduler.timesteps:
            out = system.model(
                torch.cat([x, x]), text, t[None].expand(2), image_rotary_emb=system.rotary, return_dict=False
            )[0]
            outputs.append(out)
            null, cond = out.chunk(2)
            noise = null + system.config["guidance_scale"] * (cond - null)
            x = scheduler.step(noise, t, x, return_dict=False)[0]
            latents.append(x)
    return cache.trace, torch.stack(latents), torch.stack(outputs)


def test_latents_and_outputs_are_theirs_at_every_step(system, name, result):
    _, latents, outputs = result
    for got, wanted in ((latents, f"{name}/latents"), (outputs, f"{name}/model_out")):
        theirs = system.tensors[wanted]
        assert (got - theirs).abs().max() <= TOLERANCE * theirs.abs().max()
    final = system.tensors[f"{name}/final"]
    assert (latents[-1] - final).abs().max() <= TOLERANCE * final.abs().max()


def test_decisions_are_theirs(system, name, result):
    theirs = system.decisions[name]
    assert [(r.timestep, r.computed) for r in result[0].records] == [
        (d["timestep"], d["calculated"]) for d in theirs
    ]


def test_distances_and_sums_are_theirs(system, name, result):
    trace = result[0]
    assert trace.latent_free
    if name == "baseline":
        assert {r.reason for r in trace.records} == {"off"}
        return
    for record, their in zip(trace.records, system.decisions[name], strict=True):
        assert record.indicator_distance == (
            their["rel_l1"] and pytest.approx(their["rel_l1"], rel=TOLERANCE)
        )
        assert (record.reason in ("first", "last")) == their["forced"]
        if not record.computed:
            assert record.accumulated_distance == pytest.approx(their["acc_after"], rel=TOLERANCE)


def test_the_golden_runs_contain_computed_and_reused_calls(system):
    counts = {run: sum(d["calculated"] for d in system.decisions[run]) for run in RUNS}
    assert counts["baseline"] == len(system.decisions["baseline"]) == system.config["num_inference_steps"]
    assert counts["baseline"] > counts["teacache_0.1"] > counts["teacache_0.2"] > 2
