"""Puts a cache of diffusers on a pipeline for one run, and takes all of it off again.

Knows diffusers' CacheMixin; which configuration it is given is each method's own business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from torch import nn

from teacache.errors import Phrase
from teacache.method.wrappers import unwrapped
from teacache.runs.calling import Around
from teacache.runs.request import Request

PARTS = ("transformer", "transformer_2")
CONTEXT = "cond_uncond"  # the name that diffusers' pipelines give to a call of both branches

Configure = Callable[[Any, Request], Any]  # pipeline, request -> a configuration of diffusers


def transformers(pipe: Any) -> list[nn.Module]:
    """Those that the pipeline has, without what was wrapped around them."""
    parts = (getattr(pipe, name, None) for name in PARTS)
    return [unwrapped(part) for part in parts if part is not None]


def kind_of(pipe: Any) -> str:
    """The class of its transformer."""
    return type(transformers(pipe)[0]).__name__


def without_mixin(pipe: Any) -> Phrase | None:
    """The reason where diffusers' caches have no entrance at all."""
    if all(hasattr(part, "enable_cache") for part in transformers(pipe)):
        return None
    return Phrase("diffusers gives {kind} no enable_cache().", kind=kind_of(pipe))


def around(configure: Configure, *, context: bool = False) -> Around:
    """The cache of this configuration on every transformer, for one run.

    `context`: the cache asks which branch is running. A pipeline that never says (Latte, Allegro) stacks its
    branches in one call, whose name is then set for the whole run; the others set their own.
    """

    @contextmanager
    def put(pipe: Any, request: Request) -> Iterator[None]:
        with ExitStack() as stack:
            for part in transformers(pipe):
                stack.enter_context(_enabled(part, configure(pipe, request)))
                if context:
                    stack.enter_context(part.cache_context(CONTEXT))
            yield

    return put


@contextmanager
def _enabled(part: nn.Module, config: Any) -> Iterator[None]:
    before = _bare(part)
    try:
        part.enable_cache(config)
        yield
    finally:
        if part.is_cache_enabled:
            part.disable_cache()
        _sweep(part, before)


def _bare(part: nn.Module) -> dict[nn.Module, frozenset[str]]:
    """Which modules have a registry or a forward of their own already."""
    names = ("_diffusers_hook", "forward")
    return {inner: frozenset(name for name in names if name in vars(inner)) for inner in part.modules()}


def _sweep(part: nn.Module, before: dict[nn.Module, frozenset[str]]) -> None:
    """diffusers' removal leaves an empty registry and a bound forward on every module: they go too."""
    for inner in part.modules():
        registry = vars(inner).get("_diffusers_hook")
        if registry is None or registry.hooks:
            continue
        for name in ("_diffusers_hook", "forward"):
            if name not in before.get(inner, ()):
                vars(inner).pop(name, None)
    registry = vars(part).get("_diffusers_hook")
    if registry is not None:
        registry.invalidate_child_registries_cache()
