"""A baseline's distances belong to the tensor that was compared, so another variant runs its own."""

from teacache.method.gate import Settings
from teacache.runs.compare import Baselines, compare
from teacache.runs.request import Request
from tests import tiny


def test_a_baseline_serves_the_variant_it_was_recorded_in():
    pipe, baselines = tiny.build("WanPipeline"), Baselines()
    distances = {}
    for variant, reused in (("default", False), ("authors", False), ("default", True)):
        request = Request(
            prompt=tiny.PROMPT, steps=3, guidance_scale=1.0, frames=5, height=32, width=32,
            settings=Settings(threshold=0.1, variant=variant),
        )  # fmt: skip
        *_, end = compare(pipe, request, baselines=baselines, preview_every=0)
        assert end.baseline_reused == reused
        trace = end.comparison.uncached.trace
        assert trace.settings.variant == variant
        distances[variant] = [record.indicator_distance for record in trace.records]
    assert distances["default"] != distances["authors"]
