"""A model whose values are no numbers any more is refused with the remedy, not shown as a black clip."""

import numpy as np
import pytest

from teacache.errors import RequestError
from tests.runs.conftest import STEPS, assert_clean
from tests.runs.running import events_of, inside_forward, nothing

WORDS = "no numbers, at {}: load it in another precision than float32, such as float32 or bfloat16"


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_run_ends_at_the_step_whose_latents_are_no_numbers(pipe, request_, bad):
    handle = pipe.transformer.register_forward_hook(lambda module, args, output: (output[0] * bad,))
    try:
        with (
            inside_forward(pipe, nothing) as calls,
            pytest.raises(RequestError, match=WORDS.format("step 1")),
        ):
            events_of(pipe, request_)
    finally:
        handle.remove()
    assert len(calls) == 1 < STEPS
    assert_clean(pipe)


def test_frames_that_are_no_numbers_are_refused_too(pipe, request_, monkeypatch):
    decode = pipe.decode_latents
    monkeypatch.setattr(pipe, "decode_latents", lambda *args, **options: decode(*args, **options) * np.nan)
    with pytest.raises(RequestError, match="are no numbers, at decoding"):
        events_of(pipe, request_)
