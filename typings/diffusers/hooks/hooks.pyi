# What it exports is looked up when it is used, which no type checker sees: what is used here is told as it is
# in diffusers 0.42.1; to the checker, everything else is anything.
from typing import Any

class StateManager:
    _context: str | None
    def __init__(self, state_cls: type[Any]) -> None: ...

def __getattr__(name: str) -> Any: ...
