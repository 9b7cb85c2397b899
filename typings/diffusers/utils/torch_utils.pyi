# Its types are not told: what the method uses is told here, as in diffusers 0.42.1.
from typing import Any

from torch import nn

def is_compiled_module(module: nn.Module) -> bool: ...
def __getattr__(name: str) -> Any: ...
