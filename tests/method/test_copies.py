"""A copy, a pickle or a saved file of what TeaCache is attached to: its own weights, no part in the run."""

import copy
import io
import pickle
from types import SimpleNamespace

import pytest
import torch
from diffusers import LattePipeline
from diffusers.hooks import HookRegistry, ModelHook
from torch import nn

from teacache.errors import AttachError
from teacache.method.cache import TeaCache
from tests import tiny
from tests.method.sampling import MIXED, inputs, loop, sample
from tests.method.systems import SYSTEMS, pipe_of, run


def pickled(module):
    return pickle.loads(pickle.dumps(module))


def saved(module):
    file = io.BytesIO()
    torch.save(module, file)
    file.seek(0)
    return torch.load(file, weights_only=False)


def replaced(module):
    """What a subclass of a list or an exponential average does: new parts in a shallow copy."""
    twin = copy.copy(module)
    twin._modules = {name: copy.deepcopy(part) for name, part in module._modules.items()}
    return twin


WAYS = pytest.mark.parametrize("way", [copy.deepcopy, pickled, saved, replaced])


def zeroed(module):
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.zero_()
    return module


@WAYS
@pytest.mark.parametrize("threshold", [0, 1e9])
def test_a_copy_of_an_attached_transformer_runs_its_own_weights(bare, way, threshold):
    with TeaCache(bare, threshold) as cache:
        loop(bare)
        before = cache.trace
        twin = SimpleNamespace(
            transformer=zeroed(way(bare.transformer)), scheduler=copy.deepcopy(bare.scheduler)
        )
        assert all(not output.any() for output in loop(twin))
        assert cache.trace == before
        with TeaCache(twin, settings=MIXED) as own:  # nothing of the original's stands around it
            loop(twin)
        assert own.trace.schedule == MIXED.schedule
        assert cache.trace == before


@WAYS
def test_nothing_of_ours_stands_around_the_parts_of_a_copy(bare, way):
    with TeaCache(bare, 1e9):
        loop(bare)
        twin = way(bare.transformer)
    for part in twin.modules():
        assert not {"forward", "_diffusers_hook", "__getstate__"} & vars(part).keys()
        assert not (part._forward_hooks or part._forward_pre_hooks or part._forward_pre_hooks_with_kwargs)


@pytest.mark.parametrize("system", ["Wan 2.1", "LTX-2", "FLUX", "HiDream"])
def test_copies_of_other_classes_run_their_own_weights(system):
    """Each keeps its taps elsewhere: an embedder, two streams, blocks of two kinds, a class of its own."""
    pipe, system = pipe_of(SYSTEMS[system].pipeline), SYSTEMS[system]
    plain = run(pipe, system)
    with TeaCache(pipe, settings=MIXED.replaced(variant="authors")) as cache:
        run(pipe, system)
        before = cache.trace
        twin = type(pipe)(**{**pipe.components, "transformer": copy.deepcopy(pipe.transformer)})
        twin = tiny.prepare(twin)
        assert torch.equal(run(twin, system), plain)
        assert cache.trace == before


def test_a_copied_pipeline_runs_uncached_and_beside_the_original(pipe):
    plain = sample(pipe)
    with TeaCache(pipe, settings=MIXED) as cache:
        wanted = sample(pipe)
        twin = copy.deepcopy(pipe)
        assert torch.equal(sample(twin), plain)
        with TeaCache(twin, settings=MIXED) as own:
            assert torch.equal(sample(twin), wanted)
        assert torch.equal(sample(pipe), wanted)
    assert own.trace.schedule == cache.trace.schedule == MIXED.schedule


def test_torchs_own_hooks_of_others_are_copied_as_ever(bare):
    bare.transformer.norm_out.register_forward_hook(_double)
    with TeaCache(bare, 0):
        loop(bare)
        twin = SimpleNamespace(transformer=copy.deepcopy(bare.transformer), scheduler=bare.scheduler)
    assert all(torch.equal(a, b) for a, b in zip(loop(twin), loop(bare), strict=True))
    assert len(twin.transformer.norm_out._forward_hooks) == 1


def _double(module, args, output):
    return output * 2


class Passing(ModelHook):
    """Somebody else's hook, in diffusers' own way: bound to the module, and so never fit for a copy."""


@pytest.mark.parametrize("way", [copy.deepcopy, pickled, saved])
def test_beside_other_hooks_of_diffusers_a_copy_is_refused(bare, way):
    HookRegistry.check_if_exists_or_initialize(bare.transformer.transformer_blocks[0]).register_hook(
        Passing(), "passing"
    )
    with TeaCache(bare, 0) as cache:
        with pytest.raises(AttachError, match=r"cannot be copied or saved now.*block first"):
            way(bare.transformer)
        loop(bare)
    assert len(cache.trace.records) == 6


def test_a_copied_cache_stands_nowhere_until_it_is_attached_to_the_copied_pipeline(pipe):
    with TeaCache(pipe, settings=MIXED) as cache:
        wanted = sample(pipe)
        pipe.cache = cache
        try:
            twin = copy.deepcopy(pipe)
        finally:
            del pipe.cache
        assert not twin.cache.attached and twin.cache.trace.records == ()
        twin.cache.detach()  # harmless: the original's hooks are not its own
        with twin.cache:
            assert torch.equal(sample(twin), wanted)
        assert torch.equal(sample(pipe), wanted)
    assert twin.cache.trace.schedule == cache.trace.schedule


def test_a_pipeline_made_from_another_shares_the_cache_and_is_not_attached_twice(pipe):
    wanted = sample(pipe)
    with TeaCache(pipe, settings=MIXED) as cache:
        reused = sample(pipe)
        other = LattePipeline.from_pipe(pipe)
        other.set_progress_bar_config(disable=True)
        assert torch.equal(sample(other), reused)
        with pytest.raises(AttachError, match="already attached to this Latte"):
            TeaCache(other, 0.1).attach()
        assert len(cache.trace.records) == 6
    assert torch.equal(sample(other), wanted)


def test_other_weights_that_are_loaded_while_attached_are_used(bare):
    other = {name: value * 0.5 for name, value in bare.transformer.state_dict().items()}
    with TeaCache(bare, settings=MIXED):
        first = loop(bare)
        bare.transformer.load_state_dict(other)
        second = loop(bare)
    with TeaCache(bare, settings=MIXED):
        assert all(torch.equal(a, b) for a, b in zip(loop(bare), second, strict=True))
    assert not torch.equal(first[0], second[0])


class Adapted(nn.Module):
    """What loading a LoRA makes of a layer: the layer inside, and something of the same input beside it."""

    def __init__(self, inside):
        super().__init__()
        self.inside = inside

    def forward(self, x, *rest, **more):
        return self.inside(x, *rest, **more)


@pytest.mark.parametrize("part", ["norm_out", "transformer_blocks.1", "transformer_blocks.0.attn1"])
def test_a_part_that_is_replaced_while_attached_is_named(bare, part):
    """The hooks would be inside the new part: on a reused call it would add to values that mean nothing."""
    plain = loop(bare)
    with TeaCache(bare, settings=MIXED):
        loop(bare)
        inside = bare.transformer.get_submodule(part)
        bare.transformer.set_submodule(part, Adapted(inside))
        with pytest.raises(AttachError, match=rf"^{part} of the LatteTransformer3DModel is another module"):
            loop(bare)
    assert all(torch.equal(a, b) for a, b in zip(loop(bare), plain, strict=True))
    bare.transformer.set_submodule(part, inside)
    with torch.no_grad():
        bare.transformer(timestep=torch.tensor([1, 1]), **inputs())
