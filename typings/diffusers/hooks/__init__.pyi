# What it exports is looked up when it is used, which no type checker sees: what is used here is told as it is
# in diffusers 0.42.1; to the checker, everything else is anything.
from typing import Any

from torch import nn

class ModelHook:
    fn_ref: Any

class HookRegistry:
    @classmethod
    def check_if_exists_or_initialize(cls, module: nn.Module) -> HookRegistry: ...
    def register_hook(self, hook: ModelHook, name: str) -> None: ...
    def get_hook(self, name: str) -> ModelHook | None: ...
    _fn_refs: list[Any]
    _hook_order: list[str]
    def remove_hook(self, name: str, recurse: bool = True) -> None: ...

def __getattr__(name: str) -> Any: ...
