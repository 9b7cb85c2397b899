"""Parity with the authors' code: their denoiser, sampler, cache and VAE on a small model with random weights.

The data come from ali-vilab/TeaCache, eval/teacache/experiments/opensora_plan.py, and the VAE beside it.
"""

import pytest
import torch

from teacache import Settings, TeaCache
from teacache.models.opensora_plan.tiling import Tiling
from tests import parity
from tests.method.sampling import Outputs

pytest_generate_tests = parity.each_run("opensoraplan110")


@pytest.mark.parametrize("times, wanted", [("timestep", "out"), ("timestep_mixed", "out_mixed_timestep")])
def test_the_converted_denoiser_is_theirs(theirs, their_pipe, times, wanted):
    with torch.no_grad():
        got = their_pipe.transformer(
            theirs.forward["x"],
            timestep=theirs.forward[times],
            encoder_hidden_states=theirs.forward["ctx"],
            return_dict=False,
        )[0]
    parity.assert_near(got, theirs.forward[wanted])


@pytest.fixture(scope="module")
def result(theirs, their_pipe, name):
    """Trace, outputs and latents of the pipeline's own loop from their noise, TeaCache attached."""
    settings = Settings(
        threshold=parity.threshold(name), coefficients=tuple(theirs.config["teacache_coefficients"])
    )
    noise, latents = theirs.sampling["latents0"], []

    def keep(pipe, call, timestep, tensors):
        latents.append(tensors["latents"])
        return {}

    with TeaCache(their_pipe, settings=settings) as cache, Outputs(their_pipe.transformer) as outputs:
        final = their_pipe(
            prompt_embeds=theirs.sampling["cond"],
            negative_prompt_embeds=theirs.sampling["uncond"],
            latents=noise,
            height=noise.shape[3] * their_pipe.vae_scale_factor,
            width=noise.shape[4] * their_pipe.vae_scale_factor,
            num_inference_steps=theirs.config["num_inference_steps"],
            guidance_scale=theirs.config["guidance_scale"],
            output_type="latent",
            callback_on_step_end=keep,
        ).frames
    return cache.trace, torch.stack(outputs), torch.stack(latents), final


def test_outputs_and_latents_are_theirs_at_every_call(theirs, name, result):
    _, outputs, latents, final = result
    parity.assert_near(outputs, theirs.sampling[f"{name}/model_out"])
    parity.assert_near(latents, theirs.sampling[f"{name}/latents"])
    parity.assert_near(final, theirs.sampling[f"{name}/final"])


def test_decisions_distances_and_sums_are_theirs(theirs, name, result):
    records, decisions = result[0].records, theirs.decisions[name]
    assert [r.timestep for r in records] == [d["timestep"] for d in decisions]
    parity.assert_decisions(records, decisions, cached=bool(parity.threshold(name)))


@torch.no_grad()
def test_decoding_is_theirs(theirs, their_vae):
    parity.assert_near(their_vae.decode(theirs.vae_io["z"]).sample, theirs.vae_io["video"])


@torch.no_grad()
def test_encoding_is_theirs(theirs, their_vae):
    latents = their_vae.encode(theirs.vae_io["enc_x"]).latent_dist
    parity.assert_near(latents.mean, theirs.vae_io["enc_mean"])
    parity.assert_near(latents.logvar, theirs.vae_io["enc_logvar"])


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
    parity.assert_near(their_vae.decode(theirs.vae_io["tile_z"]).sample, theirs.vae_io["tile_out"])
    monkeypatch.setattr(their_vae, "use_tiling", False)
    parity.assert_near(their_vae.decode(theirs.vae_io["tile_z"]).sample, theirs.vae_io["tile_z_untiled_out"])
    assert (theirs.vae_io["tile_out"] - theirs.vae_io["tile_z_untiled_out"]).abs().max() > 0.01
