# Its types are not told: what is used here is told as it is in diffusers 0.42.1.
from typing import Any

def simple_get_class_obj(library_name: str, class_name: str) -> type[Any]: ...
