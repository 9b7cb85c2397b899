"""A transformer that somebody wrapped, sharded or subclassed is the same transformer."""

import pytest
import torch
import torch.distributed
from diffusers import WanTransformer3DModel
from peft import LoraConfig, get_peft_model
from torch import nn
from torch.distributed.fsdp import fully_shard

from teacache.errors import AttachError
from teacache.method.cache import TeaCache
from tests import tiny
from tests.method.systems import MIXED, SYSTEMS, cached, pipe_of, run

WAN = SYSTEMS["Wan 2.1"]


class Subclass(WanTransformer3DModel):
    """A class of somebody's own that hands everything on."""

    def forward(self, *args, **kwargs):
        return super().forward(*args, **kwargs)


class Speaking:
    """Hands on the attributes that pipelines ask for, as wrappers in use do."""

    def __getattr__(self, name):
        try:
            return super().__getattr__(name)
        except AttributeError:
            return getattr(super().__getattr__("module"), name)


class InParallel(Speaking, nn.parallel.DistributedDataParallel):
    """DistributedDataParallel in a pipeline."""


@pytest.fixture
def group(tmp_path):
    """A process group of one."""
    torch.distributed.init_process_group("gloo", init_method=f"file://{tmp_path}/meet", rank=0, world_size=1)
    yield
    torch.distributed.destroy_process_group()


def subclassed(model):
    model.__class__ = Subclass
    return model


def sharded(model):
    for block in model.blocks:
        fully_shard(block.attn1)
        fully_shard(block)
    return fully_shard(model)


def compiled_blocks(model):
    for place, block in enumerate(model.blocks):
        model.blocks[place] = torch.compile(block, backend="eager")
    return model


@pytest.mark.parametrize(
    "wrap",
    [
        subclassed,
        sharded,
        InParallel,
        compiled_blocks,
        lambda model: torch.compile(model, backend="eager"),
        lambda model: torch.compile(InParallel(model), backend="eager"),
        lambda model: get_peft_model(model, LoraConfig(r=4, target_modules=["to_q"])),
    ],
    ids=["subclass", "fully_shard", "DDP", "compiled blocks", "compiled", "compiled DDP", "PEFT"],
)
@pytest.mark.parametrize("variant", ["default", "authors"])
def test_a_wrapped_transformer_is_cached_like_the_bare_one(group, wrap, variant):
    torch._dynamo.reset()  # a frame that was compiled without hooks does not see those that come later
    settings = MIXED.replaced(variant=variant)
    plain = run(pipe_of("WanPipeline"), WAN)
    wanted, alone = cached(pipe_of("WanPipeline"), WAN, settings)
    pipe = tiny.build("WanPipeline")
    pipe.transformer = wrap(pipe.transformer)
    got, cache = cached(pipe, WAN, settings)
    assert torch.equal(got, wanted)
    assert [(r.computed, r.reason) for r in cache.trace.records] == [
        (r.computed, r.reason) for r in alone.trace.records
    ]
    assert torch.equal(run(pipe, WAN), plain)


def test_a_wrapper_and_what_is_inside_are_not_attached_twice():
    pipe = tiny.build("WanPipeline")
    inside = pipe.transformer
    with TeaCache(pipe, 0.1):
        pipe.transformer = torch.compile(inside, backend="eager")
        with pytest.raises(AttachError, match="already attached to this WanTransformer3DModel"):
            TeaCache(pipe, 0.1).attach()


def test_compiled_blocks_stay_compiled_on_computed_calls():
    torch._dynamo.reset()
    ran = []

    def backend(graph, examples):
        return lambda *args: ran.append(True) or graph.forward(*args)

    pipe = tiny.build("WanPipeline")
    blocks = pipe.transformer.blocks
    for place, block in enumerate(blocks):
        blocks[place] = torch.compile(block, backend=backend, fullgraph=True)
    with TeaCache(pipe, settings=MIXED.replaced(variant="authors")):
        run(pipe, WAN)
    assert len(ran) == 2 * 2 * len(blocks)  # two branches, two computed steps
    torch._dynamo.reset()


def test_data_parallel_is_refused(bare):
    bare.transformer = nn.DataParallel(bare.transformer)
    with pytest.raises(AttachError, match="take DistributedDataParallel"):
        TeaCache(bare, 0.1)


def test_a_lora_on_the_exit_is_part_of_the_model_unless_it_came_after_the_hooks():
    """Its layer takes the place of the one that is tapped, and adds to what the tap was to replace."""
    system, settings = SYSTEMS["LTX"], MIXED.replaced(variant="authors")
    pipe = tiny.build("LTXPipeline")
    with TeaCache(pipe, settings=settings):
        pipe.transformer.add_adapter(LoraConfig(r=4, target_modules=["proj_out"], init_lora_weights=False))
        with pytest.raises(AttachError, match=r"^proj_out of the LTXVideo\w+ is another module.*LoRA"):
            run(pipe, system)
    plain = run(pipe, system)
    with TeaCache(pipe, 0):
        assert torch.equal(run(pipe, system), plain)
    with TeaCache(pipe, settings=settings) as cache:
        assert not torch.equal(run(pipe, system), plain)
    assert cache.trace.schedule == settings.schedule
