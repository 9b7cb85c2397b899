"""Each method runs, or says why not, on the classes that it was made for: tried, not believed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from teacache.runs import Request
from teacache.runs.adapters import checked
from teacache.study.clips import sample
from teacache.study.methods import METHODS, cost
from tests import tiny

STEPS = 6
RUNS = {
    "WanPipeline": ("pab", "first_block", "mag_cache", "sea_cache", "taylorseer", "easy_cache"),
    "CogVideoXPipeline": ("pab", "fastercache", "first_block", "mag_cache"),
    "CogView4Pipeline": ("pab", "mag_cache"),  # its branches have texts of different lengths
}
REFUSES = {
    "CogView4Pipeline": {"taylorseer": "runs twice in one call"},
    "CogVideoXPipeline": {"sea_cache": "does not tell the cache its step"},
    "SanaVideoPipeline": {"pab": "no enable_cache", "mag_cache": "no enable_cache"},
    "OpenSoraPlanPipeline": {
        "first_block": "change between spatial and temporal",
        "mag_cache": "change between",
    },
    "Wan 2.2": {"fastercache": "the second transformer of WanPipeline begins"},
}


def asked(pipe):
    request = Request(
        model="tiny",
        prompt=tiny.PROMPT,
        steps=STEPS,
        guidance_scale=3.0,
        frames=tiny.frames_of(pipe),
        height=tiny.SIDE,
        width=tiny.SIDE,
    )
    return checked(pipe, request)


@pytest.mark.parametrize("name", RUNS)
def test_a_method_that_runs_saves_work_and_changes_the_clip(name):
    pipe = tiny.build(name)
    request = asked(pipe)
    uncached = sample(pipe, request, metered=True)
    assert uncached.work.shares == pytest.approx([1.0] * len(uncached.work.shares), rel=0.01)
    for method in (METHODS[each] for each in RUNS[name]):
        assert method.why_not(pipe) is None, method.name
        run = method.run(pipe, request, method.ladder[-1])
        assert cost(pipe, request, run).share < 0.97, method.name
        assert (run.video != uncached.video).any(), method.name


@pytest.mark.parametrize("name", REFUSES)
def test_a_method_that_does_not_run_says_why(name):
    pipe = tiny.build(name)
    for method, reason in REFUSES[name].items():
        assert reason in METHODS[method].why_not(pipe)


def test_where_the_layout_of_blocks_changes_the_skipping_caches_really_fail():
    pipe = tiny.build("OpenSoraPlanPipeline")
    method = replace(METHODS["first_block"], refuses=lambda pipe: None)
    with pytest.raises(RuntimeError, match="size of tensor"):
        method.run(pipe, asked(pipe), method.ladder[-1])
