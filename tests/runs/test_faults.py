"""A comparison that is cancelled or breaks anywhere leaves nothing: the next is that of a fresh process."""

import weakref
from contextlib import closing, contextmanager

import numpy as np
import pytest
import torch

from teacache.errors import RequestError
from teacache.runs import Baselines, compare
from teacache.runs.adapters import checked
from teacache.runs.lack import in_words
from teacache.runs.request import Request
from tests.runs.conftest import STEPS, assert_clean
from tests.runs.running import inside_forward, nothing
from tests.tiny import build

CALLS = 2 * STEPS  # of both runs
BLOCKS = ("transformer_blocks", "temporal_transformer_blocks")
INSIDE = [f"transformer.{stack}.{block}" for stack in BLOCKS for block in range(2)]
INSIDE += ["text_encoder.encoder.block.0", "vae.decoder.mid_block", "vae.decoder.up_blocks.3"]


def assert_next_is_right(pipe, request, fresh, baselines):
    assert_clean(pipe)
    *_, last = compare(pipe, request, baselines=baselines, preview_every=0)
    assert np.array_equal(last.comparison.uncached.video, fresh["uncached_video"])
    assert np.array_equal(last.comparison.cached.video, fresh["cached_video"])


@pytest.mark.parametrize("index", range(CALLS + 1))
def test_after_a_cancel_at_any_call_of_both_runs_the_next_is_right(pipe, request_, fresh, index):
    baselines = Baselines()
    with inside_forward(pipe, nothing) as calls:
        with closing(compare(pipe, request_, baselines=baselines, preview_every=0)) as states:
            next(state for state in states if len(state.uncached) + len(state.cached) >= index)
        made = len(calls)
    assert made <= CALLS
    assert_next_is_right(pipe, request_, fresh, baselines)


class Boom(Exception):
    pass


@contextmanager
def failing_inside(pipe, place, error, passes):
    """The innermost layer of a part raises, once it was passed so often."""
    module, seen = pipe, []
    for name in place.split("."):
        module = getattr(module, name)

    def hook(*_):
        seen.append(1)
        if len(seen) > passes:
            raise error

    handle = [part for part in module.modules() if not list(part.children())][-1].register_forward_hook(hook)
    try:
        yield
    finally:
        handle.remove()


@pytest.mark.parametrize(
    "place, passes",
    [(place, passes) for place in INSIDE for passes in ((0, 3) if "transformer" in place else (0,))],
)
def test_after_an_error_inside_any_part_the_next_run_is_right(pipe, request_, fresh, place, passes):
    baselines = Baselines()
    with failing_inside(pipe, place, Boom(place), passes), pytest.raises(Boom, match=place):
        list(compare(pipe, request_, baselines=baselines, preview_every=0))
    assert_next_is_right(pipe, request_, fresh, baselines)


def out_of_memory():
    return torch.OutOfMemoryError(
        "CUDA out of memory. Tried to allocate 3.50 GiB. GPU 0 has a total capacity of 79.15 GiB of which "
        "1.38 GiB is free."
    )


@pytest.mark.parametrize("place", [INSIDE[0], *INSIDE[-2:]])
def test_too_little_memory_is_said_with_numbers_and_smaller_settings(pipe, request_, fresh, place):
    baselines = Baselines()
    with failing_inside(pipe, place, out_of_memory(), 0), pytest.raises(RequestError) as caught:
        list(compare(pipe, request_, baselines=baselines, preview_every=0))
    said = str(caught.value)
    assert "asked for 3.76 GB more" in said and "were free on this machine" in said
    assert said.endswith("Try 16x16 pixels and 4 frames.")  # Latte makes clips of one length only
    assert_next_is_right(pipe, request_, fresh, baselines)


def test_what_a_run_without_memory_held_is_given_back(pipe, request_):
    """A tensor that a frame of the error holds is gone, although the error itself is kept."""
    held = []

    def fail(_):
        large = torch.zeros(1000)
        held.append(weakref.ref(large))
        raise torch.OutOfMemoryError("CUDA out of memory.")

    with inside_forward(pipe, fail), pytest.raises(RequestError) as caught:
        list(compare(pipe, request_, preview_every=0))
    assert "CUDA out of memory" in str(caught.value.__cause__)
    assert held and held[0]() is None


@pytest.mark.parametrize(
    "name, wanted", [("WanPipeline", "frames"), ("FluxPipeline", "pixels"), ("TangoFluxPipeline", "seconds")]
)
def test_smaller_settings_are_such_as_the_model_takes(name, wanted):
    other = build(name)
    asked = checked(other, Request(prompt="a red ball"))
    said = str(in_words(MemoryError(), other, asked))
    assert wanted in said.partition("Try ")[2]
