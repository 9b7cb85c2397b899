"""Puts a cache of diffusers on a pipeline for one run, and takes all of it off again.

Where a pipeline makes the branches of guidance one after the other, some of these hooks take both for one
stream of calls, or ask for a name that the pipeline does not give; here every branch gets its own state and a
name. Knows diffusers' CacheMixin; which configuration it is given is each method's own business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, cast

from diffusers.hooks.hooks import CacheContext, StateManager, _set_cache_context
from torch import nn

from teacache.errors import Phrase
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


def hooks_of(part: nn.Module) -> list[Any]:
    """Every hook in the registries of a transformer and what it is made of."""
    registries = (vars(inner).get("_diffusers_hook") for inner in part.modules())
    return [hook for registry in registries if registry is not None for hook in registry.hooks.values()]


@contextmanager
def _enabled(part: Any, config: Any) -> Iterator[None]:
    before = _bare(part)
    try:
        part.enable_cache(config)
        yield
    finally:
        if part.is_cache_enabled:
            part.disable_cache()
        _sweep(part, before)


@contextmanager
def _told_apart(part: nn.Module, calls: int) -> Iterator[None]:
    """Before each call: the state of its branch, and a name where a cache asks for one and none is given."""
    hooks = hooks_of(part)
    states = [
        (hook, [hook.state, *(type(hook.state)() for _ in range(calls - 1))]) for hook in hooks if _own(hook)
    ]
    kept = [value for hook in hooks for value in cast(dict[str, Any], vars(hook)).values()]
    managers = [value for value in kept if isinstance(value, StateManager)]
    made, unnamed = 0, False

    def before(*_: Any) -> None:
        nonlocal made, unnamed
        place, made = made % calls, made + 1
        for hook, branches in states:
            hook.state = branches[place]
        unnamed = unnamed or any(manager._context is None for manager in managers)
        if unnamed:
            _set_cache_context(part, CacheContext(f"call{place}" if calls > 1 else "cond_uncond"))

    handle = part.register_forward_pre_hook(before)
    try:
        yield
    finally:
        handle.remove()


def _own(hook: Any) -> bool:
    """Whether it keeps one state for all calls."""
    return hook._is_stateful and hasattr(hook, "state")


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
