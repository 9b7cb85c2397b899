# Its types are not told: what is used here is told as it is in accelerate 1.15.
from collections.abc import Mapping
from typing import Any, TypeVar

from torch import nn

class ModelHook:
    def pre_forward(
        self, module: nn.Module, *args: Any, **kwargs: Any
    ) -> tuple[tuple[Any, ...], Mapping[str, Any]]: ...

M = TypeVar("M", bound=nn.Module)

def add_hook_to_module(module: M, hook: ModelHook, append: bool = False) -> M: ...
