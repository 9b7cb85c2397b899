"""The methods that can be set beside each other, one file a family, all in one form (method.py)."""

from collections.abc import Sequence
from typing import Any

from teacache.errors import RequestError
from teacache.study.methods.blocks import FIRST_BLOCK, MAG_CACHE, SEA_CACHE
from teacache.study.methods.cache_dit import DB_CACHE
from teacache.study.methods.easycache import EASY_CACHE
from teacache.study.methods.fastercache import FASTERCACHE
from teacache.study.methods.method import Cost, Knob, Method, Values, Way, at_share, cost
from teacache.study.methods.ours import FEWER_STEPS, NAIVE_TEACACHE, TEACACHE, UNIFORM
from teacache.study.methods.pab import PAB
from teacache.study.methods.planned import PLANNED
from teacache.study.methods.signals import ON_EMBEDDING, ON_LATENT
from teacache.study.methods.taylorseer import TAYLORSEER

__all__ = [
    "METHODS",
    "Cost",
    "Knob",
    "Method",
    "Values",
    "Way",
    "at_share",
    "cost",
    "methods_named",
    "refuse",
]

METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        TEACACHE,
        NAIVE_TEACACHE,
        ON_EMBEDDING,
        ON_LATENT,
        UNIFORM,
        FEWER_STEPS,
        PLANNED,
        PAB,
        FASTERCACHE,
        TAYLORSEER,
        FIRST_BLOCK,
        MAG_CACHE,
        SEA_CACHE,
        EASY_CACHE,
        DB_CACHE,
    )
}


def methods_named(names: Sequence[str]) -> list[Method]:
    """Methods by name. Raises RequestError for a name that is no method's."""
    for name in names:
        if name not in METHODS:
            raise RequestError(
                "There is no method {name!r}: choose from {known}.", name=name, known=", ".join(METHODS)
            )
    return [METHODS[name] for name in names]


def refuse(pipe: Any, names: Sequence[str], steps: int | None = None) -> None:
    """Raises RequestError for a name that is no method's, and for a method that does not run on `pipe`, or
    not with so many steps.
    """
    for method in methods_named(names):
        method.refuse(pipe, steps)
