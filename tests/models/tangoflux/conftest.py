"""A tiny TangoFlux with all its parts; tests leave it as they find it."""

import pytest
import torch

from tests.tiny import build


@pytest.fixture(scope="session")
def pipe():
    return build("TangoFluxPipeline")


@pytest.fixture(scope="session")
def run(pipe):
    """What a short call makes of the same noise."""

    def run(on=pipe, *, prompt="a red ball circling", seed=7, steps=4, output_type="latent", **more):
        if "prompt_embeds" in more:
            prompt = None
        more = {"duration": 0.5, "generator": torch.Generator().manual_seed(seed)} | more
        return on(prompt, num_inference_steps=steps, output_type=output_type, **more).audios

    return run
