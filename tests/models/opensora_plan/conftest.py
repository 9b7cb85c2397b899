"""What the authors' own run left behind: their small model, their inputs and their numbers."""

import json

import pytest
import torch
from diffusers import LatteTransformer3DModel, PNDMScheduler
from safetensors.torch import load_file

from teacache.models.opensora_plan import CausalVAE, OpenSoraPlanPipeline
from teacache.models.opensora_plan.denoiser import denoiser_config, denoiser_weights
from tests import parity
from tests.tiny import build


@pytest.fixture(autouse=True)
def one_thread():
    """Small tensors are no faster on two threads, and the sums stay the same everywhere."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def theirs(golden):
    """Configurations and tensors of the golden data."""
    data = parity.read(golden / "opensoraplan110")
    data.vae_config = json.loads((data.folder / "vae_config.json").read_text())
    data.vae_io = load_file(data.folder / "vae_io.safetensors")
    return data


@pytest.fixture(scope="session")
def their_vae(theirs):
    vae = CausalVAE.from_config(
        {k: v for k, v in theirs.vae_config["vae"].items() if k != "resolution"}
    ).eval()
    weights = load_file(theirs.folder / "vae.safetensors")
    vae.load_state_dict({name: w.float() for name, w in weights.items()})
    return vae


@pytest.fixture(scope="session")
def their_pipe(theirs, their_vae):
    """The real pipeline around their weights; their text comes as features."""
    transformer = LatteTransformer3DModel(**denoiser_config(theirs.config["transformer"])).eval()
    transformer.load_state_dict(denoiser_weights(load_file(theirs.folder / "transformer.safetensors")))
    pipe = OpenSoraPlanPipeline(None, None, their_vae, transformer, PNDMScheduler())
    pipe.set_progress_bar_config(disable=True)
    return pipe


@pytest.fixture(scope="session")
def pipe():
    """A tiny pipeline with all parts; tests leave it as they find it."""
    return build("OpenSoraPlanPipeline")


@pytest.fixture(scope="session")
def run(pipe):
    """Latents of one short run from the same noise."""

    def run(on=pipe, *, seed=7, steps=4, output_type="latent", prompt="a red ball circling", **more):
        if "prompt_embeds" in more:
            prompt = None
        generator = torch.Generator().manual_seed(seed)
        return on(
            prompt, num_inference_steps=steps, generator=generator, output_type=output_type, **more
        ).frames

    return run
