# Its types are not told: what is used here is told as it is in accelerate 1.15.
from contextlib import AbstractContextManager

def init_empty_weights(include_buffers: bool | None = None) -> AbstractContextManager[None]: ...
