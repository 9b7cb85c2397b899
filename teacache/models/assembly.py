"""A pipeline put together part by part, none of which keeps its weights: see turns.py.

What `from_pretrained` does, but for one thing: it holds all parts at once, and reads some of those that it is
given a second time. Knows diffusers' folders; nothing of memory or devices.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import torch
from diffusers import DiffusionPipeline
from diffusers.pipelines.pipeline_loading_utils import simple_get_class_obj

from teacache.models.index import read_index
from teacache.models.turns import Turns

FROM_DISK = {"local_files_only": True, "use_safetensors": True}


def assembled(
    kind: type[DiffusionPipeline],
    folder: Path,
    turns: Turns,
    *,
    dtypes: Mapping[str, torch.dtype],
    elsewhere: Mapping[str, Callable[[], Any]],
) -> DiffusionPipeline:
    """The pipeline of a folder. `dtypes` by part, the usual one under "default"; `elsewhere`: how to read
    parts that do not lie in the folder."""
    index = read_index(folder)
    arguments: dict[str, Any] = dict(index.settings)
    for name, (library, part) in index.parts.items():
        if library and part:
            dtype = dtypes.get(name, dtypes["default"])
            arguments[name] = _part(simple_get_class_obj(library, part), folder / name, name, turns, dtype)
    for name, read in elsewhere.items():
        arguments[name] = read() if name.startswith("tokenizer") else turns.enter(name, read)
    pipe = kind(**arguments)
    turns.begin()
    return pipe


def _part(kind: Any, folder: Path, name: str, turns: Turns, dtype: torch.dtype) -> Any:
    if not issubclass(kind, torch.nn.Module):
        return kind.from_pretrained(folder, local_files_only=True)
    part: Any = kind  # its own class is all that torch tells of it
    return turns.enter(name, partial(part.from_pretrained, folder, dtype=dtype, **FROM_DISK))
