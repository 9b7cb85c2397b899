"""What modules make of a tensor in float32, whatever precision they are held in.

Knows modules and tensors; nothing of timesteps or caches.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode


class _Float32(TorchFunctionMode):
    """Linear layers get their input, weight and bias in float32: for the call, nothing is kept."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        if func is functional.linear:
            args = tuple(_float32(value) for value in args)
            kwargs = {name: _float32(value) for name, value in kwargs.items()}
        return func(*args, **kwargs)


def in_float32(links: Sequence[nn.Module], value: torch.Tensor) -> torch.Tensor:
    """What the links make of the value, one after the other, in float32.

    They are called around their torch hooks, since this is no call of the model; what an offload put around
    them still brings their weights.
    """
    with torch.autocast(value.device.type, enabled=False), _Float32():
        for link in links:
            value = link.forward(value.float())
    return value


def _float32(value: Any) -> Any:
    return value.float() if isinstance(value, torch.Tensor) else value
