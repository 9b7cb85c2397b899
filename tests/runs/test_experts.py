"""Settings that a pipeline brings for one of its two experts reach a comparison."""

from collections import defaultdict

import pytest

from teacache.method.gate import Settings
from teacache.runs.compare import Baselines, compare
from teacache.runs.generate import experts_of
from teacache.runs.request import Request
from teacache.study.replay import replay
from tests import tiny

FIRST = Settings(threshold=0.1, coefficients=(2.0, 0.0), variant="authors")
SECOND = Settings(threshold=0.1, coefficients=(3.0, 0.0), variant="authors_retention", max_reuses=1)


@pytest.fixture(scope="module")
def pipe():
    pipe = tiny.build("Wan 2.2")
    pipe.teacache_settings, pipe.teacache_experts = FIRST, {"transformer_2": SECOND}
    return pipe


def compared(pipe, settings, baselines=None):
    request = Request(
        prompt=tiny.PROMPT, steps=8, guidance_scale=1.0, frames=5, height=32, width=32, settings=settings
    )
    *_, end = compare(pipe, request, baselines=baselines, preview_every=0)
    return end


def test_the_cached_run_uses_the_pipelines_experts_at_the_requests_threshold(pipe):
    comparison = compared(pipe, FIRST.replaced(threshold=1e9)).comparison
    trace = comparison.cached.trace
    assert trace.experts == {"transformer_2": SECOND.replaced(threshold=1e9)}
    reasons = defaultdict(set)
    for record in trace.records:
        reasons[record.transformer].add(record.reason)
    assert reasons["transformer"] == {"first", "below_threshold"}
    assert reasons["transformer_2"] == {"no_residual", "below_threshold", "max_reuses", "last"}
    assert all(comparison.uncached.trace.schedule)


def test_an_uncached_run_is_replayed_with_each_experts_own_settings(pipe):
    comparison = compared(pipe, FIRST.replaced(threshold=1e9)).comparison
    again = replay(comparison.uncached.trace, comparison.cached.trace.settings)
    assert tuple(decision.computed for decision in again) == comparison.cached.trace.schedule


def test_a_baseline_lent_again_has_the_estimates_of_each_expert(pipe):
    baselines = Baselines()
    fresh = compared(pipe, FIRST, baselines).comparison.uncached.trace
    lent = compared(pipe, FIRST.replaced(coefficients=(5.0, 0.0)), baselines)
    assert lent.baseline_reused and lent.comparison.uncached.trace != fresh
    back = compared(pipe, FIRST, baselines)
    assert back.baseline_reused and back.comparison.uncached.trace == fresh


def test_what_a_request_changes_it_changes_for_all(pipe):
    assert experts_of(pipe, FIRST) == {"transformer_2": SECOND}
    naive = experts_of(pipe, Settings(threshold=0.3))["transformer_2"]
    assert naive.naive and naive.threshold == 0.3 and naive.variant == "default" and naive.max_reuses == 1
    assert experts_of(tiny.build("WanPipeline"), FIRST) == {}
