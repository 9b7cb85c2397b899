"""What a module is given and what it returns, whatever form that has. Knows no session and no decision."""

from __future__ import annotations

import inspect
from typing import Any, cast

import torch
from torch import nn

from teacache.method.wrappers import unwrapped


class Arguments:
    """Reads arguments by name from a call, whether they were given by position or by keyword."""

    def __init__(self, module: nn.Module):
        self._places = {name: i - 1 for i, name in enumerate(_parameters(type(unwrapped(module))))}

    def get(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if name in kwargs:
            return kwargs[name]
        place = self._places.get(name)
        return args[place] if place is not None and place < len(args) else None

    def first(self, names: tuple[str, ...], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """That of the first name that is given."""
        return next((v for name in names if (v := self.get(name, args, kwargs)) is not None), None)


def output_of(result: Any) -> Any:
    """Of a tuple or of a diffusers output object, where it is not the tensor itself."""
    return result if isinstance(result, torch.Tensor) else result[0]


def with_output(result: Any, output: torch.Tensor) -> Any:
    """The same kind of result with another output."""
    if isinstance(result, torch.Tensor):
        return output
    first: Any = list(output.unbind()) if isinstance(result[0], list) else output
    if isinstance(result, tuple):
        return (first, *result[1:])
    result[next(iter(result))] = first  # an ordered dictionary of diffusers
    return result


def stacked(value: Any) -> torch.Tensor:
    """One tensor of a batch in a list, as Z-Image takes and gives it.

    Of nested lists it is the last of each: the picture in the making, behind those that are shown to it.
    """
    if not isinstance(value, list):
        return value
    parts = cast(list[Any], value)
    return torch.stack([each[-1] if isinstance(each, list) else each for each in parts])


def _parameters(kind: type) -> list[str]:
    """Names of a forward's parameters, its parent's where a subclass hands all of them on as `*args`."""
    for parent in kind.__mro__:
        if "forward" not in vars(parent):
            continue
        parameters = inspect.signature(vars(parent)["forward"]).parameters
        named = [name for name, p in parameters.items() if p.kind is p.POSITIONAL_OR_KEYWORD]
        if len(named) > 1:  # more than `self`
            return named
    return []


def hollow(tensor: torch.Tensor) -> torch.Tensor:
    """A tensor of this shape, dtype and device that occupies one number."""
    return tensor if not any(tensor.stride()) else tensor.new_zeros(()).expand(tensor.shape)
