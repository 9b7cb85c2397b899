"""Parity with the authors' code on Open-Sora 1.2: their network, sampler, decisions and autoencoder.

The data come from ali-vilab/TeaCache, eval/teacache/experiments/opensora.py, and the model code beside it, on
small models with random weights.
"""

import json
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import load_file

from teacache import Settings, TeaCache
from teacache.models.opensora import (
    OpenSoraPipeline,
    OpenSoraVAE,
    RectifiedFlowScheduler,
    STDiT3,
    as_authors,
)
from tests import parity

pytest_generate_tests = parity.each_run("opensora12")


@pytest.fixture(scope="module")
def theirs(golden, system):
    """Their network in our class, their inputs and their numbers."""
    data = parity.read(golden / system)
    data.model = STDiT3.from_config(data.config["transformer"]).eval()
    data.model.load_state_dict(load_file(data.folder / "transformer.safetensors"))
    args = data.config["model_args"]
    data.size = {name: int(args[name]) for name in ("height", "width", "num_frames")}
    return data


@pytest.mark.parametrize(
    "wanted, masked, per_frame, timestep",
    [
        ("out_masked_text", True, False, "timestep"),
        ("out_full_text", False, False, "timestep"),
        ("out_x_mask", True, True, "timestep"),
        ("out_mixed_timestep", True, False, "timestep_mixed"),
    ],
)
@torch.no_grad()
def test_the_network_gives_their_output(theirs, wanted, masked, per_frame, timestep):
    data = theirs.forward
    out = theirs.model(
        data["xf"],
        data[timestep],
        data["yf"][:, 0],
        encoder_attention_mask=data["mask"] if masked else None,
        fps=data["args_fps"],
        height=theirs.size["height"],
        width=theirs.size["width"],
        x_mask=data["x_mask"] if per_frame else None,
    ).sample
    parity.assert_near(out, data[wanted])


def test_a_frame_mask_of_ones_changes_no_bit(theirs):
    data = theirs.forward
    call = {
        "hidden_states": data["xf"],
        "timestep": data["timestep"],
        "encoder_hidden_states": data["yf"][:, 0],
    }
    with torch.no_grad():
        without, ones = (
            theirs.model(**call, x_mask=mask).sample for mask in (None, torch.ones_like(data["x_mask"]))
        )
    assert torch.equal(without, ones)


def sample(theirs, name):
    """Their sampling through our pipeline and hooks: trace, outputs of the network, final latents."""
    model, config, data = theirs.model, theirs.config, theirs.sampling
    pipe = OpenSoraPipeline(None, None, None, model, RectifiedFlowScheduler())
    pipe.set_progress_bar_config(disable=True)
    pipe._guidance_scale = config["cfg_scale"]
    pipe.scheduler.set_timesteps(config["num_sampling_steps"], **theirs.size)
    outputs = []
    handles = [model.register_forward_hook(lambda _, args, out: outputs.append(out[0]))]
    settings = Settings(
        threshold=parity.threshold(name),
        coefficients=tuple(config["teacache_coefficients"]),
    )
    if name.endswith("bf16ts"):  # what the network sees if it is bf16, here with the rest in fp32
        settings = as_authors(settings, pipe.scheduler.timesteps)
        rounded = lambda _, args: (args[0].bfloat16().float(),)  # noqa: E731
        handles.append(model.t_embedder.register_forward_pre_hook(rounded))
    embeds, mask = pipe.encode_prompt(None, data["y"][:, 0], data["mask"])
    told = {
        "height": theirs.size["height"],
        "width": theirs.size["width"],
        "fps": config["model_args"]["fps"],
    }
    try:
        with TeaCache(pipe, settings=settings) as cache:
            final = pipe.denoise(data["latents0"], embeds, mask, **told)
    finally:
        for handle in handles:
            handle.remove()
    return SimpleNamespace(trace=cache.trace, outputs=torch.stack(outputs), final=final, settings=settings)


@pytest.fixture(scope="module")
def result(theirs, name):
    return sample(theirs, name)


def test_every_output_and_the_latents_are_theirs(theirs, name, result):
    parity.assert_near(result.outputs, theirs.sampling[f"{name}/model_out"])
    parity.assert_near(result.final, theirs.sampling[f"{name}/final"])


def test_decisions_distances_sums_and_forced_steps_are_theirs(theirs, name, result):
    records, decisions = result.trace.records, theirs.decisions[name]
    seen = torch.tensor([r.timestep for r in records])
    if name.endswith("bf16ts"):
        seen = seen.bfloat16()
    assert seen.tolist() == [d["timestep"] for d in decisions]
    parity.assert_decisions(records, decisions, cached=bool(parity.threshold(name)))


@pytest.fixture(scope="module")
def autoencoder(golden):
    """Their autoencoder in our class, and what it made."""
    folder = parity.found(golden / "opensora12")
    config = json.loads((folder / "vae_config.json").read_text())
    known = ("spatial_vae", "temporal_vae", "micro_frame_size", "micro_batch_size", "shift", "scale")
    vae = OpenSoraVAE.from_config({name: config[name] for name in known}).eval()
    vae.load_state_dict(load_file(folder / "vae.safetensors"))
    return SimpleNamespace(vae=vae, config=config, data=load_file(folder / "vae_io.safetensors"))


@torch.no_grad()
def test_a_clip_of_whole_and_part_chunks_decodes_to_theirs(autoencoder):
    video = autoencoder.vae.decode(autoencoder.data["z"], autoencoder.config["num_frames"]).sample
    parity.assert_near(video, autoencoder.data["video"])


@torch.no_grad()
def test_one_chunk_over_time_decodes_to_theirs(autoencoder):
    wanted = autoencoder.data["temporal_out"]
    out = autoencoder.vae.temporal_vae.decode(autoencoder.data["temporal_z"], wanted.shape[2])
    parity.assert_near(out, wanted)


@torch.no_grad()
def test_every_stage_of_the_encoder_gives_theirs(autoencoder):
    vae, data = autoencoder.vae, autoencoder.data
    frames = vae._encoded_frames(data["enc_x"])
    mean, logvar = vae.temporal_vae.encode(frames).chunk(2, dim=1)
    parity.assert_near(frames, data["enc_spatial_mode_scaled"])
    parity.assert_near(mean, data["enc_temporal_mean"])
    parity.assert_near(logvar, data["enc_temporal_logvar"])
    latents = vae.encode(data["enc_x"]).latent_dist
    parity.assert_near(latents.mode(), data["enc_latent_mode"])
    parity.assert_near(latents.std * vae.scale, (0.5 * data["enc_temporal_logvar"]).exp())
