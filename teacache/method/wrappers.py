"""The transformer itself, inside whatever was wrapped around it. Knows wrappers by their class's name."""

from __future__ import annotations

from operator import attrgetter

from torch import nn

from teacache.errors import AttachError

_INSIDE = {
    "OptimizedModule": "_orig_mod",  # torch.compile(module)
    "DistributedDataParallel": "module",
    "FullyShardedDataParallel": "module",  # FSDP2 wraps nothing: it makes the class a subclass
    "DeepSpeedEngine": "module",
    "PeftModel": "base_model.model",
    "PeftMixedModel": "base_model.model",
}


def unwrapped(module: nn.Module) -> nn.Module:
    """The innermost module: the one whose forward a call of the wrapper comes to.

    Raises AttachError for nn.DataParallel, whose replicas run what was put around the original.
    """
    kinds = [kind.__name__ for kind in type(module).__mro__]
    if "DataParallel" in kinds:
        raise AttachError(
            "nn.DataParallel copies the transformer at every call, and TeaCache would watch all copies as"
            " one: take DistributedDataParallel, a process for each device."
        )
    path = next((_INSIDE[kind] for kind in kinds if kind in _INSIDE), None)
    return module if path is None else unwrapped(attrgetter(path)(module))
