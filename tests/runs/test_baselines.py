"""A baseline is lent only by the very same pipeline: parts, weights and scheduler."""

import pytest
import torch
from diffusers import DDIMScheduler

from teacache.runs import Baselines
from tests.runs import tiny
from tests.runs.running import OFF, finish


@pytest.fixture
def own(tiny_folder):
    """A pipeline that may be changed."""
    return tiny.load(tiny_folder)


@pytest.fixture
def lent(own, request_):
    """A function: whether the run made before is lent."""
    from teacache.runs.adapters import checked

    baselines, asked = Baselines(), checked(own, request_)
    baselines.put(own, asked, finish(own, request_, settings=OFF)[0])
    assert baselines.get(own, asked) is not None
    return lambda: baselines.get(own, asked) is not None


def another_scheduler(pipe) -> None:
    pipe.scheduler = DDIMScheduler.from_config(pipe.scheduler.config, prediction_type="epsilon")


def another_vae(pipe) -> None:
    pipe.vae = type(pipe.vae).from_config(pipe.vae.config)


def another_text_encoder(pipe) -> None:
    pipe.text_encoder = type(pipe.text_encoder)(pipe.text_encoder.config)


def changed_in_place(pipe) -> None:
    with torch.no_grad():
        list(pipe.transformer.parameters())[-1].view(-1)[-1].add_(1)


def fused_as_peft_does(pipe) -> None:
    pipe.transformer.transformer_blocks[0].attn1.to_q.weight.data += 0.01


def converted(pipe) -> None:
    pipe.vae.to(torch.float64)


@pytest.mark.parametrize(
    "change",
    [
        another_scheduler, another_vae, another_text_encoder, changed_in_place, fused_as_peft_does, converted,
    ],
)  # fmt: skip
def test_a_pipeline_that_was_changed_gets_no_baseline_from_before(own, lent, change):
    assert lent()
    change(own)
    assert not lent()


def test_weights_made_in_inference_mode_can_be_told_apart_too(own, request_):
    from teacache.runs.compare import _weights

    with torch.inference_mode():
        layer = torch.nn.Linear(4, 4)
    before = _weights(layer)
    assert _weights(layer) == before
    with torch.inference_mode():
        layer.weight.add_(1)
    assert _weights(layer) != before
