"""Parity with the authors' code: their denoiser, sampler, cache and VAE on a small model with random weights.

The data come from ali-vilab/TeaCache, eval/teacache/experiments/opensora_plan.py, and the VAE beside it.
"""

import pytest
import torch

from teacache import Settings, TeaCache
from teacache.models.opensora_plan.tiling import Tiling
from tests.method.sampling import Outputs

RUNS = {"baseline": 0.0, "teacache_0.1": 0.1, "teacache_0.2": 0.2}
TOLERANCE = 1e-5  # of the largest value


def equal(got, wanted):
    assert got.shape == wanted.shape
    assert (got - wanted).abs().max() <= TOLERANCE * wanted.abs().max()


@pytest.mark.parametrize("times, wanted", [("timestep", "out"), ("timestep_mixed", "out_mixed_timestep")])
def test_the_converted_denoiser_is_theirs(theirs, their_pipe, times, wanted):
    with torch.no_grad():
        got = their_pipe.transformer(
            theirs.forward["x"],
            timestep=theirs.forward[times],
            encoder_hidden_states=theirs.forward["ctx"],
            return_dict=False,
        )[0]
    equal(got, theirs.forward[wanted])


@pytest.fixture(scope="module", params=RUNS)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def result(theirs, their_pipe, name):
    """Trace, outputs and latents of the pipeline's own loop from their noise, TeaCache attached."""
    settings = Settings(threshold=RUNS[name], coefficients=tuple(theirs.config["teacache_coefficients"]))
    latents = []

    def keep(pipe, call, timestep, tensors):
        latents.append(tensors["latents"])
        return {}

    with TeaCache(their_pipe, settings=settings) as cache, Outputs(their_pipe.transformer) as outputs:
        final = their_pipe(
            prompt_embeds=theirs.sampling["cond"],
            negative_prompt_embeds=theirs.sampling["uncond"],
            latents=theirs.sampling["latents0"],
            num_inference_steps=theirs.config["num_inference_steps"],
            guidance_scale=theirs.config["guidance_scale"],
            output_type="latent",
            callback_on_step_end=keep,
        ).frames
    return cache.trace, torch.stack(outputs), torch.stack(latents), final


def test_outputs_and_latents_are_theirs_at_every_call(theirs, name, result):
    _, outputs, latents, final = result
    equal(outputs, theirs.sampling[f"{name}/model_out"])
    equal(latents, theirs.sampling[f"{name}/latents"])
    equal(final, theirs.sampling[f"{name}/final"])


def test_decisions_are_theirs(theirs, name, result):
    wanted = [(d["timestep"], d["calculated"]) for d in theirs.decisions[name]]
    assert [(r.timestep, r.computed) for r in result[0].records] == wanted


def test_distances_and_sums_are_theirs(theirs, name, result):
    for record, wanted in zip(result[0].records, theirs.decisions[name], strict=True):
        if name == "baseline":
            assert record.reason == "off"
            continue
        assert record.indicator_distance == (wanted["rel_l1"] and pytest.approx(wanted["rel_l1"], rel=1e-5))
        assert (record.reason in ("first", "last")) == wanted["forced"]
        if not record.computed:
            assert record.accumulated_distance == pytest.approx(wanted["acc_after"], rel=1e-5)


def test_the_golden_runs_contain_computed_and_reused_calls(theirs):
    counts = {name: sum(d["calculated"] for d in theirs.decisions[name]) for name in RUNS}
    assert counts["baseline"] == 17 > counts["teacache_0.1"] > counts["teacache_0.2"] > 2


@torch.no_grad()
def test_decoding_is_theirs(theirs, their_vae):
    equal(their_vae.decode(theirs.vae_io["z"]).sample, theirs.vae_io["video"])


@torch.no_grad()
def test_encoding_is_theirs(theirs, their_vae):
    latents = their_vae.encode(theirs.vae_io["enc_x"]).latent_dist
    equal(latents.mean, theirs.vae_io["enc_mean"])
    equal(latents.logvar, theirs.vae_io["enc_logvar"])


@torch.no_grad()
def test_decoding_in_tiles_and_windows_is_theirs(theirs, their_vae, monkeypatch):
    sizes = theirs.vae_config["tiling"]
    tiling = Tiling(
        side=sizes["tile_latent_min_size"],
        overlap=sizes["tile_overlap_factor"],
        frames=sizes["tile_latent_min_size_t"],
    )
    monkeypatch.setattr(their_vae, "tiling", tiling)
    assert tiling.side * their_vae.spatial_factor == sizes["tile_sample_min_size"]
    assert their_vae.frames(tiling.frames) == sizes["tile_sample_min_size_t"]
    equal(their_vae.decode(theirs.vae_io["tile_z"]).sample, theirs.vae_io["tile_out"])
    monkeypatch.setattr(their_vae, "use_tiling", False)
    equal(their_vae.decode(theirs.vae_io["tile_z"]).sample, theirs.vae_io["tile_z_untiled_out"])
    assert (theirs.vae_io["tile_out"] - theirs.vae_io["tile_z_untiled_out"]).abs().max() > 0.01
