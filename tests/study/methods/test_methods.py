"""Every method makes the same clip from the same noise, and its cost means the same thing."""

from __future__ import annotations

import numpy as np
import pytest

from teacache.errors import RequestError
from teacache.runs import Request
from teacache.runs.adapters import checked
from teacache.study.clips import last, sample
from teacache.study.methods import METHODS, at_share, cost

STEPS = 8


@pytest.fixture(scope="module")
def asked(pipe):
    request = Request(
        model=pipe.teacache_card.name, prompt="a red ball", seed=3, steps=STEPS, guidance_scale=3.0
    )
    return checked(pipe, request)


@pytest.fixture(scope="module")
def uncached(pipe, asked):
    return sample(pipe, asked, metered=True)


@pytest.mark.parametrize("name", METHODS)
def test_a_card_says_what_it_is(name):
    method = METHODS[name]
    assert method.name == name and method.paper.startswith("https://") and method.title
    assert method.about.count(". ") == 1 and method.about.endswith(".")  # two sentences
    assert method.values("slow").keys() == method.values("fast").keys()


@pytest.fixture(scope="module", params=METHODS)
def method(request, pipe):
    chosen = METHODS[request.param]
    reason = chosen.why_not(pipe)
    if reason is not None:
        pytest.skip(reason)
    return chosen


@pytest.fixture(scope="module")
def boldest(method, pipe, asked, uncached):
    """Its boldest run, or at a share of 0.6."""
    values = method.ladder[-1] if method.aim is None else method.aim(pipe, uncached.trace, 0.6)
    return method.run(pipe, asked, values)


def test_a_method_saves_work_on_the_same_noise(method, boldest, pipe, asked, uncached):
    found = cost(pipe, asked, boldest)
    assert 0 < found.share < 0.9 and found.uncached_calls == STEPS
    if method.aim is not None:
        assert abs(found.share - 0.6) <= 0.15
    assert boldest.video.shape == uncached.video.shape
    assert len(boldest.work.shares) == len(boldest.trace.records) == found.calls
    assert boldest.work.shares[0] == pytest.approx(1.0)  # the first call has nothing to reuse


def test_nothing_of_a_method_is_left_on_the_pipeline(method, boldest, pipe, asked, uncached):
    assert (sample(pipe, asked).video == uncached.video).all()
    for path, module in pipe.transformer.named_modules():
        registry = vars(module).get("_diffusers_hook")
        assert registry is None or not registry.hooks, path
        assert "forward" not in vars(module) and not module._forward_pre_hooks, path


def test_another_cache_says_so_in_every_record_and_its_outputs_are_measured(method, boldest):
    records = boldest.trace.records
    others = {"another_cache"} if boldest.trace.records[0].reason == "another_cache" else set()
    assert {record.reason for record in records if record.reason == "another_cache"} == others
    assert all(record.output_distance is not None for record in records[1:])
    assert np.isfinite(boldest.timings.denoising)


@pytest.mark.parametrize("name", ["pab", "taylorseer"])
def test_the_nearest_rung_is_found_by_halving(name, pipe, asked, uncached):
    method = METHODS[name]
    shares = [cost(pipe, asked, method.run(pipe, asked, rung)).share for rung in method.ladder]
    wanted = min(shares) + 0.02
    _, run = last(at_share(method, pipe, asked, uncached.trace, wanted))
    assert abs(cost(pipe, asked, run).share - wanted) <= 0.1


def test_an_unknown_knob_is_named(pipe, asked):
    with pytest.raises(RequestError, match="PAB has no knob 'threshold': set one of spatial"):
        METHODS["pab"].run(pipe, asked, {"threshold": 0.1})
