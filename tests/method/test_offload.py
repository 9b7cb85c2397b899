"""Offloading and TeaCache on one pipeline, in both orders: same decisions, same latents, and both stay.

Group offload to a folder is real even on a CPU: weights that are not loaded back hold rubbish. Model offload
moves nothing from CPU to CPU; what can be seen there is whether its hooks and ours are still called.
"""

import accelerate.hooks
import pytest
import torch
from diffusers.hooks import apply_group_offloading
from diffusers.hooks.group_offloading import ModuleGroup

from teacache.method.cache import TeaCache
from tests import tiny
from tests.method.sampling import MIXED, build_pipe, sample
from tests.method.systems import SYSTEMS, cached, run, weighed

CPU = torch.device("cpu")
CALLS, COMPUTED, BLOCKS = 6, sum(MIXED.schedule), 4
ORDERS = pytest.mark.parametrize("offload_first", [True, False], ids=["offload first", "cache first"])


@pytest.fixture(scope="module")
def wanted():
    """Latents without a cache, and with it."""
    pipe = build_pipe()
    plain = sample(pipe)
    with TeaCache(pipe, settings=MIXED):
        return plain, sample(pipe)


@pytest.fixture
def loads(monkeypatch):
    """One entry per group of weights that was loaded."""
    seen, load = [], ModuleGroup.onload_
    monkeypatch.setattr(ModuleGroup, "onload_", lambda group: (seen.append(group), load(group)))
    return seen


def attached(pipe, offload, *, offload_first):
    """TeaCache, attached after or before the offload."""
    if offload_first:
        offload()
    cache = TeaCache(pipe, settings=MIXED).attach()
    if not offload_first:
        offload()
    return cache


@ORDERS
@pytest.mark.parametrize("how", [{"num_blocks_per_group": 1}, {"num_blocks_per_group": 2}, {}])
def test_group_offload_changes_neither_decisions_nor_latents(tmp_path, wanted, how, offload_first):
    pipe = build_pipe()
    kind = "block_level" if how else "leaf_level"

    def offload():
        apply_group_offloading(
            pipe.transformer, CPU, CPU, offload_type=kind, offload_to_disk_path=str(tmp_path), **how
        )

    cache = attached(pipe, offload, offload_first=offload_first)
    for _ in range(2):
        assert torch.equal(sample(pipe), wanted[1])
        assert cache.trace.schedule == MIXED.schedule
    cache.detach()
    assert torch.equal(sample(pipe), wanted[0])
    with TeaCache(pipe, settings=MIXED):
        assert torch.equal(sample(pipe), wanted[1])


@pytest.mark.parametrize("offload_first", [True, False], ids=["offload first", "cache first"])
@pytest.mark.parametrize("kind", ["block_level", "leaf_level"])
@pytest.mark.parametrize(
    "name, variant",
    [
        ("Cosmos", "authors"),  # reads the first block's norm before the block runs
        ("CogVideoX", "authors"),
        ("Wan 2.1", "authors"),
        ("Wan 2.1", "authors_retention"),
        ("HiDream", "authors"),
        ("Open-Sora", "default"),  # its null prompt is among the weights
        ("Open-Sora-Plan", "default"),
    ],
)
def test_what_a_class_reads_is_there_whenever_its_weights_come_and_go(
    tmp_path, name, variant, kind, offload_first
):
    """Files are read to other addresses, which may round the last bit another way; decisions are the same."""
    system, pipe = SYSTEMS[name], tiny.build(SYSTEMS[name].pipeline)
    settings = weighed(pipe, system, steps=5, variant=variant)
    wanted, kept = cached(pipe, system, settings, steps=5)
    cache = TeaCache(pipe, settings=settings)
    if not offload_first:
        cache.attach()
    apply_group_offloading(
        pipe.transformer,
        CPU,
        CPU,
        offload_type=kind,
        offload_to_disk_path=str(tmp_path),
        num_blocks_per_group=1,
    )
    if offload_first:
        cache.attach()
    latents = run(pipe, system, steps=5)
    assert 0 < sum(kept.trace.schedule) < len(kept.trace.records)
    assert cache.trace.schedule == kept.trace.schedule
    assert torch.allclose(latents, wanted, atol=1e-4)


def test_offloading_first_saves_loading_the_blocks_of_reused_calls(tmp_path, loads):
    """Why it is the recommended order: attached first, every block is loaded only to be passed by."""
    counts = []
    for number, offload_first in enumerate((True, False)):
        pipe = build_pipe()

        def offload(pipe=pipe, folder=tmp_path / str(number)):
            apply_group_offloading(
                pipe.transformer, CPU, CPU, num_blocks_per_group=1, offload_to_disk_path=str(folder)
            )

        attached(pipe, offload, offload_first=offload_first)
        loads.clear()
        sample(pipe)
        counts.append(len(loads))
    ends_and_first_block = 2 * CALLS  # what stands around the blocks, and block 0 that makes the indicator
    assert counts == [ends_and_first_block + COMPUTED * (BLOCKS - 1), CALLS * (1 + BLOCKS)]


@ORDERS
def test_model_offload_and_cache_both_outlive_the_end_of_a_run(monkeypatch, wanted, offload_first):
    """The pipeline takes accelerate's hooks off and puts them on again after every run."""
    moved, load = [], accelerate.hooks.CpuOffload.pre_forward

    def pre_forward(hook, module, *args, **kwargs):
        moved.append(type(module).__name__)
        return load(hook, module, *args, **kwargs)

    monkeypatch.setattr(accelerate.hooks.CpuOffload, "pre_forward", pre_forward)
    pipe = build_pipe()
    cache = attached(pipe, lambda: pipe.enable_model_cpu_offload(device="cpu"), offload_first=offload_first)
    for _ in range(2):
        moved.clear()
        assert torch.equal(sample(pipe), wanted[1])
        assert cache.trace.schedule == MIXED.schedule
        assert moved == ["LatteTransformer3DModel"] * CALLS
    cache.detach()
    moved.clear()
    assert torch.equal(sample(pipe), wanted[0])
    assert moved == ["LatteTransformer3DModel"] * CALLS
    with TeaCache(pipe, settings=MIXED):
        assert torch.equal(sample(pipe), wanted[1])


def test_offload_that_ends_while_the_cache_is_attached_leaves_the_cache(wanted):
    pipe = build_pipe()
    pipe.enable_model_cpu_offload(device="cpu")
    with TeaCache(pipe, settings=MIXED) as cache:
        pipe.remove_all_hooks()
        pipe._all_hooks = []
        assert torch.equal(sample(pipe), wanted[1])
        assert cache.trace.schedule == MIXED.schedule
    assert torch.equal(sample(pipe), wanted[0])


def test_streams_are_refused_where_there_are_none_and_the_cache_goes_on(wanted):
    """With them it is asked on a GPU: `python -m benchmarks.gpu`."""
    pipe = build_pipe()
    with TeaCache(pipe, settings=MIXED) as cache:
        with pytest.raises(ValueError, match="requires an onload device whose backend implements streams"):
            apply_group_offloading(pipe.transformer, CPU, CPU, offload_type="leaf_level", use_stream=True)
        assert torch.equal(sample(pipe), wanted[1])
        assert cache.trace.schedule == MIXED.schedule
