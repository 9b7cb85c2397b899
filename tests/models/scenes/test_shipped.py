"""The model that ships: what a replay of it foretells is what it then does, whatever the prompt."""

import pytest

from teacache.models import load
from teacache.runs.request import Request
from teacache.study.clips import uncached_trace, undecoded_trace
from teacache.study.replay import breakpoints, exactness, replay, tidy

PROMPTS = (
    "a white boat moving left on the sea at night",
    "a red balloon rising over the hills at dusk",
    "a green train moving right in the city by day",
)
STEPS = 8


@pytest.fixture(scope="module")
def pipe():
    return load("scenes", device="cpu")


@pytest.mark.slow
@pytest.mark.parametrize("mode", [None, "authors_retention"])
def test_a_replay_is_the_run_for_every_prompt_and_threshold(pipe, mode):
    card = pipe.teacache_card
    settings = card.settings(mode=mode)
    asked = [
        Request(model="scenes", prompt=prompt, seed=seed, steps=STEPS).checked(card)
        for seed, prompt in enumerate(PROMPTS)
    ]
    traces = [uncached_trace(pipe, request, variant=settings.variant) for request in asked]
    assert {exactness(trace) for trace in traces} == {"exact"}
    points = breakpoints(traces[0], settings)
    for point in points[:: max(1, len(points) // 3)]:
        chosen = settings.replaced(threshold=tidy(point.low, point.high))
        foretold = [tuple(decision.computed for decision in replay(trace, chosen)) for trace in traces]
        run = [tuple(undecoded_trace(pipe, request, chosen).schedule) for request in asked]
        assert foretold == run
        assert len(set(run)) == 1
