# What it exports is looked up when it is used, which no type checker sees: what the method uses is told here, as in
# diffusers 0.42.1; to the checker, everything else is anything.
from typing import Any

class StateManager:
    def __init__(self, state_cls: type[Any]) -> None: ...

def __getattr__(name: str) -> Any: ...
