# Its types are told in part: what is used here is told as it is in safetensors 0.8; to the checker,
# everything else is anything.
from os import PathLike
from typing import Any

from torch import Tensor

def load_file(filename: str | PathLike[str], device: str | int = "cpu") -> dict[str, Tensor]: ...
def __getattr__(name: str) -> Any: ...
