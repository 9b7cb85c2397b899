"""Puts a cache of diffusers on a pipeline for one run, and takes all of it off again.

Where a pipeline makes the branches of guidance one after the other, some of these hooks take both for one
stream of calls, or ask for a name that the pipeline does not give; here every branch gets its own state and a
name. Knows diffusers' CacheMixin; which configuration it is given is each method's own business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, cast

from torch import nn

from teacache.errors import Phrase
from teacache.method.placing import Branches, left_as_found
from teacache.method.wrappers import unwrapped
from teacache.runs.adapters import adapter_of
from teacache.runs.calling import Around
from teacache.runs.request import Checked

PARTS = ("transformer", "transformer_2")

Configure = Callable[[nn.Module], Any]  # transformer -> a configuration of diffusers


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


def without_timestep(pipe: Any) -> Phrase | None:
    """The same, and the reason where a cache that asks for the timestep gets no answer."""
    if (reason := without_mixin(pipe)) is not None:
        return reason
    kind = type(cast(object, pipe))
    if not hasattr(kind, "current_timestep"):
        return Phrase("{kind} does not say its timestep.", kind=kind.__name__)
    return None


def around(configure: Configure) -> Around:
    """The cache of this configuration on every transformer, for one run."""

    @contextmanager
    def put(pipe: Any, request: Checked) -> Iterator[None]:
        calls = adapter_of(pipe).calls_per_step(pipe, request)
        with ExitStack() as stack:
            for part in transformers(pipe):
                stack.enter_context(_enabled(part, configure(part)))
                stack.enter_context(_told_apart(part, calls))
            yield

    return put


@contextmanager
def _enabled(part: Any, config: Any) -> Iterator[None]:
    with left_as_found(part):
        try:
            part.enable_cache(config)
            yield
        finally:
            if part.is_cache_enabled:
                part.disable_cache()


@contextmanager
def _told_apart(part: nn.Module, calls: int) -> Iterator[None]:
    """Before each call: the state of its branch, and a name where a cache asks for one and none is given."""
    branches = Branches(part, calls)
    count, unnamed = 0, False

    def before(*_: Any) -> None:
        nonlocal count, unnamed
        branch, count = count % calls, count + 1
        branches.turn_to(branch)
        unnamed = unnamed or branches.unnamed()
        if unnamed:
            branches.name(f"call{branch}" if calls > 1 else "cond_uncond")

    handle = part.register_forward_pre_hook(before)
    try:
        yield
    finally:
        handle.remove()
