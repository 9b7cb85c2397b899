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


@pytest.mark.parametrize("name", METHODS)
def test_a_method_saves_work_on_the_same_noise(name, pipe, asked, uncached):
    method = METHODS[name]
    run = method.run(pipe, asked, method.values("fast"))
    found = cost(pipe, asked, run)
    assert 0 < found.share < 1 and found.uncached_calls == STEPS
    assert run.video.shape == uncached.video.shape
    assert len(run.work.shares) == len(run.trace.records) == found.calls
    assert run.work.shares[0] == pytest.approx(1.0)  # the first call has nothing to reuse


@pytest.mark.parametrize("name", METHODS)
def test_nothing_of_a_method_is_left_on_the_pipeline(name, pipe, asked, uncached):
    method = METHODS[name]
    method.run(pipe, asked, method.values("fast"))
    assert (sample(pipe, asked).video == uncached.video).all()
    for path, module in pipe.transformer.named_modules():
        registry = vars(module).get("_diffusers_hook")
        assert registry is None or not registry.hooks, path
        assert "forward" not in vars(module) and not module._forward_pre_hooks, path


def test_a_share_is_met_by_who_can_aim_and_neared_by_who_cannot(pipe, asked, uncached):
    for method in METHODS.values():
        _, run = last(at_share(method, pipe, asked, uncached.trace, 0.6))
        found = cost(pipe, asked, run).share
        if method.aim is not None:
            assert abs(found - 0.6) <= 0.15, method.name
        else:
            bold = cost(pipe, asked, method.run(pipe, asked, method.ladder[-1])).share
            assert found < 1 and (abs(found - 0.6) <= 0.2 or found == pytest.approx(bold))


def test_an_unknown_knob_is_named(pipe, asked):
    with pytest.raises(RequestError, match="PAB has no knob 'threshold': set one of spatial"):
        METHODS["pab"].run(pipe, asked, {"threshold": 0.1})


def test_records_of_another_cache_say_so_and_measure_outputs(pipe, asked):
    run = METHODS["pab"].run(pipe, asked, METHODS["pab"].values("fast"))
    assert {record.reason for record in run.trace.records} == {"another_cache"}
    assert all(record.output_distance is not None for record in run.trace.records[1:])
    assert np.isfinite(run.timings.denoising)
