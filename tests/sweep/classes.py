"""Which pipeline classes there are whose transformer TeaCache knows: read from the code of diffusers, not
from a list.

Knows signatures only; builds nothing.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import Any

import diffusers.modular_pipelines
import diffusers.pipelines
from diffusers import DiffusionPipeline, ModularPipeline

from teacache.method.architectures import ARCHITECTURES


@cache
def not_importable() -> dict[str, str]:
    """Imports every module of diffusers' pipelines; returns those that this machine lacks something for."""
    packages = (diffusers.pipelines, diffusers.modular_pipelines)
    return {name: str(error) for package in packages for name, error in _import_all(package)}


@cache
def pipelines() -> dict[str, type[DiffusionPipeline]]:
    """The ordinary pipeline classes with such a transformer, by name."""
    not_importable()
    found = (kind for kind in _below(DiffusionPipeline) if kind.__module__.startswith("diffusers."))
    return {kind.__name__: kind for kind in sorted(found, key=_name) if transformers_of(kind)}


@cache
def modular_pipelines() -> dict[str, type[ModularPipeline]]:
    """The modular ones, by name."""
    not_importable()
    return {
        kind.__name__: kind for kind in sorted(_below(ModularPipeline), key=_name) if transformers_of(kind)
    }


def every_class() -> dict[str, type]:
    """Both kinds."""
    return pipelines() | modular_pipelines()


def transformers_of(kind: type) -> set[str]:
    """The classes of ARCHITECTURES that a pipeline class names as the type of one of its components."""
    return {name for names in component_types(kind).values() for name in names} & ARCHITECTURES.keys()


def component_types(kind: type) -> dict[str, list[str]]:
    """The components of a pipeline class, each with the names of the classes that its annotation allows."""
    if issubclass(kind, ModularPipeline):
        return {part.name: _words(part.type_hint) for part in kind().blocks.expected_components}
    return {p.name: _words(p.annotation) for p in parameters(kind.__init__)}


def parameters(function: Any) -> list[inspect.Parameter]:
    """The parameters of a method, without self."""
    return list(inspect.signature(function).parameters.values())[1:]


def _words(annotation: Any) -> list[str]:
    """The last names in an annotation, be it a class, a union or a string."""
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    return [word.rpartition(".")[2] for word in re.findall(r"[\w.]+", text)]


def _import_all(package: ModuleType) -> Iterator[tuple[str, ImportError]]:
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        try:
            importlib.import_module(module.name)
        except ImportError as error:
            yield module.name, error


def _below(kind: type) -> set[type]:
    children = set(kind.__subclasses__())
    return children.union(*(_below(child) for child in children))


def _name(kind: type) -> str:
    return kind.__name__
