"""Counts the numbers that calls of a transformer read back from the device: each waits for it."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

_READING = ("_local_scalar_dense", "equal", "nonzero", "is_nonzero")


class _Numbers(TorchDispatchMode):
    def __init__(self, counts: list[int]):
        super().__init__()
        self.counts = counts

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.counts[-1] += func.overloadpacket.__name__ in _READING
        return func(*args, **(kwargs or {}))


class _Lists(TorchFunctionMode):
    """A list of numbers is one read, of which the dispatcher hears nothing."""

    def __init__(self, counts: list[int]):
        super().__init__()
        self.counts = counts

    def __torch_function__(self, func, types, args=(), kwargs=None):
        self.counts[-1] += func is torch.Tensor.tolist
        return func(*args, **(kwargs or {}))


@contextmanager
def counted(*transformers: torch.nn.Module) -> Iterator[list[int]]:
    """One count per call; what is read between the calls, by a scheduler, does not count."""
    counts, outside = [], [0]
    numbers, lists = _Numbers(outside), _Lists(outside)

    def begin(*_):
        counts.append(0)
        numbers.counts = lists.counts = counts

    def end(*_):
        numbers.counts = lists.counts = outside

    handles = [
        h for t in transformers for h in (t.register_forward_pre_hook(begin), t.register_forward_hook(end))
    ]
    try:
        with numbers, lists:
            yield counts
    finally:
        for handle in handles:
            handle.remove()
