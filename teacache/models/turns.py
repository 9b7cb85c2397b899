"""Parts of a pipeline that take turns: read from disk when they work, forgotten when another needs the room.

For memory that holds the largest part but not all of them: the text encoder comes, encodes and leaves before
the transformer is read. What a part computes is what it would compute anyway, only later; while there is room
it stays. Weights that are changed after loading are lost when their part leaves. Knows modules and hooks;
nothing of which part does what.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from accelerate.hooks import ModelHook, add_hook_to_module
from accelerate.utils import send_to_device
from torch import nn

Read = Callable[[], nn.Module]  # the part as it lies on disk, in memory


class Turns:
    """Which parts are there. `free`: GB that can still be had; each part needs its size and some to work."""

    def __init__(self, device: torch.device, free: Callable[[], float | None], *, room: float):
        self._device, self._free, self._room = device, free, room
        self._readers: dict[str, Read] = {}
        self._parts: dict[str, nn.Module] = {}
        self._sizes: dict[str, float] = {}  # GB
        self._here: list[str] = []  # in the order in which they came

    def enter(self, name: str, read: Read) -> nn.Module:
        """Read a part for its structure and forget its weights, so that the next one has all the room."""
        part = read()
        self._readers[name], self._parts[name] = read, part
        self._sizes[name] = sum(p.numel() * p.element_size() for p in part.parameters()) / 1e9
        _forget(part)
        return part

    def begin(self) -> None:
        """From now on a part comes by itself when it is called."""
        for name, part in self._parts.items():
            add_hook_to_module(part, _Turn(self, name, self._device))

    def bring(self, name: str) -> None:
        """Have a part's weights here; others leave, the first that came first, until there is room for it."""
        if name in self._here:
            return
        while self._here and self._short_of(name):
            _forget(self._parts[self._here.pop(0)])
            if self._device.type == "cuda":
                torch.cuda.empty_cache()
        fresh = dict(self._readers[name]().named_parameters())
        part = self._parts[name]
        for key, parameter in part.named_parameters():
            parameter.data = fresh.pop(key).data.to(self._device)
        part.to(self._device)  # buffers never leave: they are small
        self._here.append(name)

    def _short_of(self, name: str) -> bool:
        free = self._free()
        return free is not None and self._sizes[name] * self._room > free


class _Turn(ModelHook):
    """Before a part works, also for methods that diffusers announces, such as an autoencoder's decode."""

    def __init__(self, turns: Turns, name: str, device: torch.device):
        self.turns, self.name, self.execution_device = turns, name, device

    def pre_forward(
        self, module: nn.Module, *args: Any, **kwargs: Any
    ) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
        self.turns.bring(self.name)
        return send_to_device(args, self.execution_device), send_to_device(kwargs, self.execution_device)


def _forget(part: nn.Module) -> None:
    """Let go of the weights; shapes stay, each held by one number."""
    for parameter in part.parameters():
        parameter.data = parameter.data.new_zeros(()).expand(parameter.shape)
