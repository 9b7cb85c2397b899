# What it exports is looked up when it is used, which no type checker sees: to it, everything is anything.
from typing import Any

def __getattr__(name: str) -> Any: ...
