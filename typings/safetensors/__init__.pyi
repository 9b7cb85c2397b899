# Its types are told in part: what is used here is told as it is in safetensors 0.8; to the checker,
# everything else is anything.
from typing import Any

class SafetensorError(Exception): ...

def __getattr__(name: str) -> Any: ...
