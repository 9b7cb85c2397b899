"""The index of a folder with a diffusers pipeline: its class, its parts and what else it was made with.

Imports no torch.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from teacache.errors import ModelLoadError
from teacache.method.reading import Line, is_list, read

NAME = "model_index.json"
_CLASS = "_class_name"
_RENAMED = {"LuminaText2ImgPipeline": "LuminaPipeline"}  # as checkpoints of 2024 have it

Part = tuple[Line | None, Line | None]  # library and class; None of a part that is left out


@dataclass(frozen=True, kw_only=True)
class Index:
    """What an index says."""

    pipeline: str  # the class, by its name of today; empty where none is named
    parts: Mapping[str, Part]
    settings: Mapping[str, Any]  # other arguments of the class


_OBJECT: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])
_PARTS: TypeAdapter[dict[str, Part]] = TypeAdapter(dict[str, Part])
_CLASSES: TypeAdapter[dict[str, Line]] = TypeAdapter(dict[str, Line])


def read_index(folder: Path) -> Index:
    """The index of a folder. Raises ModelLoadError, one sentence, if there is none or it is amiss."""
    path = folder / NAME
    try:
        return _index(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise ModelLoadError(
            "{folder} is no diffusers pipeline: it has no {name}.", folder=folder, name=NAME
        ) from error
    except (OSError, ValueError) as error:
        raise ModelLoadError("{path} cannot be read: {error}.", path=path, error=error) from error


def _index(data: Any) -> Index:
    values = read(_OBJECT, data, whole=NAME, refusal=ModelLoadError)
    named = {name: value for name, value in values.items() if name == _CLASS}
    kind = read(_CLASSES, named, whole=NAME, refusal=ModelLoadError).get(_CLASS, "")
    parts = {name: value for name, value in values.items() if is_list(value)}
    own = {name: value for name, value in values.items() if not is_list(value) and not name.startswith("_")}
    return Index(
        pipeline=_RENAMED.get(kind, kind),
        parts=read(_PARTS, parts, whole=NAME, refusal=ModelLoadError),
        settings=own,
    )
