# Thousands of files, of which the project names a dozen classes: to the type checker they are anything.
from typing import Any

def __getattr__(name: str) -> Any: ...
