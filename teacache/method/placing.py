"""Where a hook stands around a module, and how it is taken away without a trace.

Also all else that is put in front of what is another's: an attribute of an object, its class, the states of
its hooks. Knows diffusers' hook registry, accelerate's offload wrapper and torch's compiled call; not what a
hook does.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

from diffusers.hooks import HookRegistry, ModelHook
from diffusers.hooks.hooks import CacheContext, StateManager, _set_cache_context
from diffusers.utils.torch_utils import is_compiled_module
from torch import nn

from teacache.errors import AttachError
from teacache.method.wrappers import unwrapped

_SPLIT = "cp_input"  # how the names of diffusers' context parallel hooks on inputs begin (0.42.1)
_COMPILED = "_compiled_call_impl"  # what nn.Module.compile() leaves, and what a call of the module then runs


def place(module: nn.Module, hook: ModelHook, name: str) -> Callable[[], None]:
    """Put the hook around the module's forward; returns what takes it off and leaves the module as found."""
    had_registry, had_forward = "_diffusers_hook" in vars(module), "forward" in vars(module)

    def take_off() -> None:
        with _inside_offload(module):
            _remove(module, name)
        _tidy(module, had_registry, had_forward)

    with _inside_offload(module), _inside_split(module):
        HookRegistry.check_if_exists_or_initialize(module).register_hook(hook, name)
    return take_off


def place_uncompiled(module: nn.Module, hook: ModelHook, name: str) -> Callable[[], None]:
    """Put the hook around the forward of a module that then runs uncompiled: for who must see into it."""
    inside, where = unwrapped(module), _compiled_call(module)
    compiled, eager = vars(module).pop(where, None), None
    if inside is not module:
        eager = vars(module)[where] = inside.__call__
    take_off = place(inside, hook, name)

    def restore() -> None:
        take_off()
        if compiled is not None and vars(module).get(where) is eager:  # else it was compiled anew
            vars(module)[where] = compiled

    return restore


def splits_input(module: nn.Module) -> bool:
    """Whether context parallel gives this module a part of its input."""
    registry = vars(unwrapped(module)).get("_diffusers_hook")
    return registry is not None and any(name.startswith(_SPLIT) for name in registry.hooks)


def place_before_compiled(module: nn.Module, hook: Any) -> Callable[[], None] | None:
    """Put the hook in front of a compiled module's call; None if the module was not compiled.

    Compiled by `module.compile()`, or wrapped by `torch.compile(module)`. The compiled frame is not touched,
    so nothing is compiled again, and `fullgraph=True` holds.
    """
    where = _compiled_call(module)
    compiled = vars(module).get(where)
    if compiled is None:
        return None
    hook.fn_ref = SimpleNamespace(original_forward=compiled)
    ours = vars(module)[where] = partial(hook.new_forward, module)

    def take_off() -> None:
        if vars(module).get(where) is ours:  # else it was compiled anew in the meantime
            vars(module)[where] = compiled

    return take_off


def _compiled_call(module: nn.Module) -> str:
    """The attribute that holds the compiled call of a module, or of the wrapper that torch.compile made."""
    return "forward" if is_compiled_module(module) else _COMPILED


def put(target: object, name: str, value: object) -> Callable[[], None]:
    """Give an object an attribute in front of its class's; returns what gives back the one that it had.

    On the object itself: what torch.compile wraps hands attributes on to what is inside.
    """
    own = vars(target)
    had, before = name in own, own.get(name)
    own[name] = value

    def take_off() -> None:
        if had:
            own[name] = before
        else:
            own.pop(name, None)

    return take_off


def child_of(kind: type, attributes: dict[str, Any]) -> type:
    """A class under the same name: what asks for name, parents or documentation sees no difference.

    Raises TypeError for a class that can have none.
    """
    named = {"__module__": kind.__module__, "__qualname__": kind.__qualname__, "__doc__": kind.__doc__}
    return type(kind)(kind.__name__, (kind,), named | attributes)


def turn_into(target: object, kind: type) -> None:
    """Make an object one of a class, its own's child or parent.

    Raises TypeError where that cannot be: with slots, and with a class of C.
    """
    cast(Any, target).__class__ = kind


class Places:
    """Parts of a module by their paths, each in its place."""

    def __init__(self, module: nn.Module, paths: Iterable[str]):
        self._links: dict[str, tuple[nn.Module, str, nn.Module]] = {}
        for path in paths:
            names = path.split(".") if path else []  # the module itself has no place
            for depth, name in enumerate(names):
                parent = module.get_submodule(".".join(names[:depth]))
                self._links[".".join(names[: depth + 1])] = parent, name, parent.get_submodule(name)
        self._kind = type(module).__name__

    def check(self) -> None:
        """Raise AttachError if another module stands in a place now: its calls would miss the hooks."""
        for path, (parent, name, part) in self._links.items():
            if parent._modules.get(name) is not part:
                raise AttachError(
                    "{path} of the {kind} is another module than when TeaCache was attached, as after loading"
                    " or unloading a LoRA: attach it afterwards.",
                    path=path,
                    kind=self._kind,
                )


def bring_weights(module: nn.Module) -> None:
    """Have a group offload bring a module's weights, for whoever needs them before its own call does.

    The offload's hook may stand inside ours, so that the weights are elsewhere while ours runs. They leave
    again after the call that follows.
    """
    registry = vars(module).get("_diffusers_hook")
    offload = registry.get_hook("group_offloading") if registry is not None else None
    if offload is not None:
        offload.pre_forward(module)


def forget_children(module: nn.Module) -> None:
    """Registries cache the list of those below them; some came or went."""
    registry = vars(module).get("_diffusers_hook")
    forget = getattr(registry, "invalidate_child_registries_cache", None)
    if forget is not None:
        forget()


@contextmanager
def left_as_found(module: nn.Module) -> Generator[None]:
    """Leave no registry and no bound forward where there was none, on any part of the module.

    The removal of diffusers' own caches leaves both on every part.
    """
    names = ("_diffusers_hook", "forward")
    before = {part: [name in vars(part) for name in names] for part in module.modules()}
    try:
        yield
    finally:
        for part in module.modules():
            _tidy(part, *before.get(part, (False, False)))
        forget_children(module)


@contextmanager
def no_attribute_more(module: nn.Module) -> Generator[None]:
    """Leave no attribute on any part of the module that was not there."""
    before = {part: frozenset(vars(part)) for part in module.modules()}
    try:
        yield
    finally:
        for part in module.modules():
            for name in set(vars(part)) - before.get(part, frozenset(vars(part))):
                del vars(part)[name]


def hooks_of(module: nn.Module) -> list[Any]:
    """Every hook in the registries of a module and of its parts."""
    registries = (vars(part).get("_diffusers_hook") for part in module.modules())
    return [hook for registry in registries if registry is not None for hook in registry.hooks.values()]


class Branches:
    """What hooks of diffusers remember, kept apart by branch: some have one state for all calls alike."""

    def __init__(self, module: nn.Module, branches: int):
        hooks = hooks_of(module)
        self._module = module
        self._states = [
            (hook, [hook.state, *(type(hook.state)() for _ in range(branches - 1))])
            for hook in hooks
            if hook._is_stateful and hasattr(hook, "state")
        ]
        attributes = [value for hook in hooks for value in cast(dict[str, Any], vars(hook)).values()]
        self._managers = [value for value in attributes if isinstance(value, StateManager)]

    def turn_to(self, branch: int) -> None:
        """The next call is one of this branch."""
        for hook, states in self._states:
            hook.state = states[branch]

    def unnamed(self) -> bool:
        """Whether a hook asks for the name of a branch, and the pipeline gives none."""
        return any(manager._context is None for manager in self._managers)

    def name(self, branch: str) -> None:
        """Give the branch a name, as such hooks ask for it."""
        _set_cache_context(self._module, CacheContext(branch))


@contextmanager
def _inside_offload(module: nn.Module) -> Generator[None]:
    """Let the registry see the forward that accelerate wraps, not its wrapper.

    With model offload the pipeline puts the wrapped forward back and wraps it anew at the end of every run: a
    hook around the wrapper would be lost there, one inside stays.
    """
    if "_old_forward" not in vars(module):
        yield
        return
    bare: Any = module  # torch types every attribute of a module as a tensor or a module
    wrapper, bare.forward = bare.forward, bare._old_forward
    try:
        yield
    finally:
        bare._old_forward, bare.forward = bare.forward, wrapper


@contextmanager
def _inside_split(module: nn.Module) -> Generator[None]:
    """Let the hooks by which context parallel splits a module's input stand around ours, whoever came first.

    So what enters the blocks and what leaves them are the same rank's part.
    """
    registry = vars(module).get("_diffusers_hook")
    if registry is None:
        yield
        return
    splits = {name: hook for name, hook in registry.hooks.items() if name.startswith(_SPLIT)}
    for name in splits:
        _remove(module, name)
    try:
        yield
    finally:
        for name, hook in splits.items():
            registry.register_hook(hook, name)


def _remove(module: nn.Module, name: str) -> None:
    """Remove a hook, also from under one that came later.

    The registry's own removal then puts the inner forward where the later hook's should stay, which would
    switch that one off; so both of its references are set right afterwards.
    """
    registry = HookRegistry.check_if_exists_or_initialize(module)
    hook = registry.get_hook(name)
    if hook is None:
        return
    above = registry._fn_refs[registry._hook_order.index(name) + 1 :][:1]
    forwards = [(later, later.forward) for later in above if later.original_forward is not None]
    below = hook.fn_ref.original_forward or hook.fn_ref.forward
    registry.remove_hook(name, recurse=False)
    for later, forward in forwards:
        later.forward, later.original_forward = forward, below


def _tidy(module: nn.Module, had_registry: bool, had_forward: bool) -> None:
    """Leave the attributes as found: the registry's own removal keeps itself and a bound `forward`."""
    registry = vars(module).get("_diffusers_hook")
    if registry is None or registry.hooks:
        return
    if not had_registry:
        del module._diffusers_hook
    if not had_forward and "_old_forward" not in vars(module):  # else it is the offload's own
        vars(module).pop("forward", None)
