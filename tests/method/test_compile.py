"""Compiled blocks: the same values as eager ones, still compiled while TeaCache is attached, and afterwards.

The backend counts: `graphs` grows when something is compiled, `ran` when a compiled graph is run.
"""

import pytest
import torch

from teacache.method.cache import TeaCache
from teacache.method.gate import Settings
from tests import tiny
from tests.method.sampling import MIXED, sample

OFF = Settings(threshold=0)
FULL = pytest.mark.parametrize("fullgraph", [False, True], ids=["breaks allowed", "fullgraph"])


class Backend:
    """Runs what it is given as it is, and counts."""

    def __init__(self):
        self.graphs = self.ran = 0

    def __call__(self, graph, examples):
        self.graphs += 1

        def run(*args):
            self.ran += 1
            return graph.forward(*args)

        return run

    def news(self) -> tuple[int, int]:
        """Graphs and runs since the last time."""
        counted = self.graphs, self.ran
        self.graphs = self.ran = 0
        return counted


@pytest.fixture
def backend():
    torch._dynamo.reset()
    yield Backend()
    torch._dynamo.reset()


@pytest.fixture
def blocks(pipe):
    """All blocks of the transformer; left uncompiled again."""
    found = [*pipe.transformer.transformer_blocks, *pipe.transformer.temporal_transformer_blocks]
    yield found
    for module in (*found, pipe.transformer):
        module._compiled_call_impl = None


def cached(pipe, settings=MIXED):
    with TeaCache(pipe, settings=settings) as cache:
        return sample(pipe), cache.trace.schedule


@FULL
def test_attached_after_warm_up_nothing_is_compiled_again_and_only_computed_calls_run_graphs(
    pipe, blocks, backend, fullgraph
):
    wanted, plain = cached(pipe), sample(pipe)
    for block in blocks:
        block.compile(backend=backend, fullgraph=fullgraph)
    assert torch.equal(sample(pipe), plain)
    warm, _ = backend.news()
    assert 1 <= warm <= 3  # at most one graph per kind of block, and one for another layout of its input

    latents, schedule = cached(pipe)
    assert torch.equal(latents, wanted[0]) and schedule == wanted[1] == MIXED.schedule
    # Block 0 is left early on reused calls, so it runs eagerly; the others on the three computed calls.
    assert backend.news() == (0, 3 * (len(blocks) - 1))

    assert torch.equal(cached(pipe, OFF)[0], plain)
    assert backend.news() == (0, 6 * (len(blocks) - 1))
    assert torch.equal(sample(pipe), plain)
    assert backend.news() == (0, 6 * len(blocks))  # detached: all of them, with the graphs of the warm-up


def test_attached_to_compiled_blocks_that_never_ran_they_are_compiled_on_the_first_call(
    pipe, blocks, backend
):
    wanted = cached(pipe)
    for block in blocks:
        block.compile(backend=backend, fullgraph=True)
    assert torch.equal(cached(pipe)[0], wanted[0])
    graphs, ran = backend.news()
    assert 1 <= graphs <= 3 and ran == 3 * (len(blocks) - 1)
    assert torch.equal(cached(pipe)[0], wanted[0])
    assert backend.news() == (0, 3 * (len(blocks) - 1))


def test_blocks_compiled_while_attached_stay_compiled(pipe, blocks, backend):
    wanted, plain = cached(pipe), sample(pipe)
    with TeaCache(pipe, settings=MIXED) as cache:
        for block in blocks:
            block.compile(backend=backend)
        assert torch.equal(sample(pipe), wanted[0])
        assert cache.trace.schedule == MIXED.schedule
    graphs, ran = backend.news()
    assert 1 <= graphs <= 3 and ran == 3 * (len(blocks) - 1)
    assert torch.equal(sample(pipe), plain)
    assert backend.news()[1] == 6 * len(blocks)


@pytest.mark.parametrize(
    "settings",
    [
        MIXED,
        MIXED.replaced(variant="authors"),
        Settings(threshold=1e9, max_reuses=2, variant="authors"),  # distances are looked up ahead
    ],
    ids=["default", "authors", "authors, weighed"],
)
def test_wan_compiled_the_way_diffusers_recommends(backend, settings):
    """The branches in separate calls; where the indicator is a time embedding, block 0 is compiled too."""
    pipe = tiny.build("WanPipeline")

    def run():
        with TeaCache(pipe, settings=settings) as cache:
            latents = pipe(**tiny.call_arguments(pipe, steps=6, guidance=5.0)).frames
        return latents, cache.trace.schedule

    wanted, schedule = run()
    assert len(schedule) == 2 * 6 and sum(schedule) == 2 * 3
    pipe.transformer.compile_repeated_blocks(backend=backend, fullgraph=True)
    assert torch.equal(run()[0], wanted)
    graphs, ran = backend.news()
    compiled = len(pipe.transformer.blocks) - (settings.variant == "default")
    assert graphs == 1 and ran == 2 * 3 * compiled
    assert torch.equal(run()[0], wanted)
    assert backend.news() == (0, 2 * 3 * compiled)


def test_a_transformer_compiled_as_a_whole_gives_the_same(pipe, blocks, backend):
    """It breaks at the hooks, so that blocks compiled one by one are the better choice; the values hold."""
    wanted = cached(pipe)
    pipe.transformer.compile(backend=backend)
    latents, schedule = cached(pipe)
    assert torch.equal(latents, wanted[0]) and schedule == wanted[1]
    assert backend.news()[1] > 0
