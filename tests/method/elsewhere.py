"""A device that can only be copied to and from, and a run that keeps its residuals there; run by test_memory.

torch lets a program bring one device of its own: this one keeps each tensor as a tensor of the CPU. So what
`cache_device` does on a GPU, to move and to bring back, is really done, whatever machine this is. Prints
JSON.
"""

from __future__ import annotations

import json

import torch
from torch.utils.backend_registration import _setup_privateuseone_for_python_backend

from teacache.method.cache import TeaCache
from tests.method.sampling import MIXED, build_pipe, sample

NAME = "elsewhere"
moves: list[str] = []  # the device of each copy's source


class There(torch.Tensor):
    """A tensor of that device: shape and dtype, and its numbers on the CPU."""

    numbers: torch.Tensor | None
    __torch_function__ = torch._C._disabled_torch_function_impl  # what comes back to the CPU is plain

    @staticmethod
    def __new__(cls, size, dtype):
        made = torch._C._acc.create_empty_tensor(size, dtype)
        made.__class__ = cls
        made.numbers = None
        return made


def bring_the_device() -> None:
    """Tell torch how its tensors are made and copied; it can do nothing else."""
    torch.utils.rename_privateuse1_backend(NAME)
    _setup_privateuseone_for_python_backend(NAME)

    @torch.library.impl("aten::empty.memory_format", "privateuseone")
    def empty(size, *, dtype=None, **_):
        return There(torch.Size(size), dtype or torch.get_default_dtype())

    @torch.library.impl("aten::empty_strided", "privateuseone")
    def empty_strided(size, stride, *, dtype=None, **_):
        return There(torch.Size(size), dtype or torch.get_default_dtype())

    @torch.library.impl("aten::alias", "privateuseone")
    def alias(tensor):
        made = There(tensor.shape, tensor.dtype)
        made.numbers = tensor.numbers
        return made

    @torch.library.impl("aten::_copy_from", "privateuseone")
    def copy(source, target, non_blocking=False):
        moves.append(source.device.type)
        if target.device.type == NAME:
            target.numbers = source.detach().clone()
        else:
            target.copy_(source.numbers)
        return target


def main() -> None:
    """The same run with what it keeps here and there; and where what follows the blocks stands there."""
    bring_the_device()
    torch.set_num_threads(1)
    pipe = build_pipe()
    with TeaCache(pipe, settings=MIXED) as here:
        wanted = sample(pipe)
    devices = []
    with TeaCache(pipe, settings=MIXED, cache_device=NAME) as there:
        noted = pipe.transformer.register_forward_hook(lambda *_: devices.append([*there.memory_by_device]))
        got = sample(pipe)
        noted.remove()
    moves_of_residuals = len(moves)
    moved_out = pipe.transformer.norm_out.register_forward_pre_hook(lambda _, args: (args[0].to(NAME),))
    with TeaCache(pipe, settings=MIXED) as split:
        pipe.transformer.norm_out.register_forward_pre_hook(lambda _, args: (args[0].to("cpu"),))
        across = sample(pipe)
    moved_out.remove()
    pairs = zip(here.trace.records, there.trace.records, strict=True)
    distances = ("indicator_distance", "latent_distance", "embedding_distance", "output_distance", "reason")
    seen = {
        "equal": torch.equal(got, wanted),
        "same trace": all(getattr(a, name) == getattr(b, name) for a, b in pairs for name in distances),
        "devices": devices,
        "seconds": [(record.moving_seconds, record.seconds) for record in there.trace.records],
        "moves": moves_of_residuals,
        "across": torch.equal(across, wanted) and split.trace.schedule == here.trace.schedule,
        "moves across": len(moves) - moves_of_residuals,
    }
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
