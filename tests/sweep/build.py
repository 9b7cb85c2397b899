"""Builds a tiny pipeline of any listed class: the parts of a relative that tests/tiny builds, and the rest by
the annotations of the class.
"""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any

import torch
from diffusers import ModularPipeline

from tests import tiny
from tests.sweep import classes
from tests.sweep.components import COMPONENTS, Others, sizes
from tests.sweep.parts import CHANGES, NOT_NEEDED, PARTS, RELATIVES
from tests.tiny.seeding import seeded


class CannotBuild(Exception):
    """A component that nothing here can make."""


def build(kind: type) -> Any:
    """A pipeline of this class with random weights, the same at every call. Raises CannotBuild."""
    if kind.__name__ in tiny.PIPELINES:
        return tiny.build(kind.__name__)
    return tiny.prepare(seeded(lambda: _assemble(kind))())


def _assemble(kind: type) -> Any:
    relative = tiny.PIPELINES[relative_of(kind)]().components
    parts: dict[str, Any] = {"transformer": _transformer(kind, relative)}
    for name, allowed in classes.component_types(kind).items():
        if name not in parts:
            parts[name] = _part(kind, name, allowed, relative, parts)
    wanted = PARTS.get(kind.__name__, {})
    given = {name: part for name, part in parts.items() if part is not None or name in wanted}
    if not issubclass(kind, ModularPipeline):
        return kind(**given)
    pipe = kind()
    pipe.update_components(**given)
    return pipe


@cache
def relative_of(kind: type) -> str:
    """The pipeline class among those of tests/tiny that has the same transformer. Raises CannotBuild."""
    if kind.__name__ in RELATIVES:
        return RELATIVES[kind.__name__]
    wanted = classes.transformers_of(kind)
    for name in tiny.PIPELINES:
        other = classes.pipelines().get(name)
        if other is not None and classes.transformers_of(other) & wanted:
            return name
    raise CannotBuild(f"no tiny pipeline has a {' or '.join(sorted(wanted))}")


def _transformer(kind: type, relative: Others) -> torch.nn.Module:
    model = relative["transformer"]
    changes = CHANGES.get(kind.__name__)
    return type(model)(**{**sizes(model), **changes}) if changes else model


def _part(kind: type, name: str, allowed: list[str], relative: Others, others: Others) -> Any:
    """A component: as the tables say, as the relative has it, by its annotation, or left out."""
    own = PARTS.get(kind.__name__, {}).get(name)
    if own is not None:
        return own({**relative, **others})
    kin = relative.get(name)
    makers = [COMPONENTS[word] for word in allowed if word in COMPONENTS]
    if kin is not None and (not makers or any(base.__name__ in allowed for base in type(kin).__mro__)):
        return kin
    if kin is None and _has_default(kind, name):
        return None
    if makers:
        return makers[0]({**relative, **others})
    if name in NOT_NEEDED:
        return None
    raise CannotBuild(f"nothing makes its {name}: {' | '.join(allowed)}")


def _has_default(kind: type, name: str) -> bool:
    if issubclass(kind, ModularPipeline):
        spec = {part.name: part for part in kind().blocks.expected_components}[name]
        return spec.default_creation_method == "from_config"
    given = {p.name: p for p in classes.parameters(kind.__init__)}
    return given[name].default is not inspect.Parameter.empty
