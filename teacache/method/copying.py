"""What a copy, a pickle or a saved file of an attached module holds: the module as it was before.

A hook of diffusers is bound to the module that it was made for, so a copy that kept it would run the
original's weights. Knows the attributes that hooks live in; nothing of what hooks do.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Any

from torch import nn

from teacache.errors import AttachError
from teacache.method.placing import put

_STATE = "__getstate__"  # what copy.copy, copy.deepcopy, pickle and torch.save ask an object for
_TAPS = ("_forward_pre_hooks", "_forward_pre_hooks_with_kwargs", "_forward_hooks")


def leave_out_of_copies(parts: Iterable[nn.Module], name: str, taps: Collection[int]) -> Callable[[], None]:
    """Have copies of these modules hold neither the hooks of that name nor the torch hooks of these ids.

    Returns what ends it.
    """
    ends = [put(part, _STATE, partial(_state, part, name, taps)) for part in parts]

    def end() -> None:
        for end_of_one in ends:
            end_of_one()

    return end


def touched(part: nn.Module, name: str, taps: Collection[int]) -> bool:
    """Whether a hook of that name or one of these torch hooks stands around the module."""
    own = vars(part)
    registry = own.get("_diffusers_hook")
    hooked = registry is not None and registry.get_hook(name) is not None
    return hooked or any(tap in taps for kind in _TAPS for tap in own[kind])


def _state(module: nn.Module, name: str, taps: Collection[int]) -> dict[str, Any]:
    """The attributes of the module, without ours."""
    state = type(module).__getstate__(module)
    del state[_STATE]
    for kind in _TAPS:
        state[kind] = OrderedDict((tap, hook) for tap, hook in state[kind].items() if tap not in taps)
    registry = state.get("_diffusers_hook")
    if registry is None:
        return state
    hook = registry.get_hook(name)
    return state if hook is None else _unhooked(module, state, hook, others=len(registry.hooks) > 1)


def _unhooked(module: nn.Module, state: dict[str, Any], hook: Any, *, others: bool) -> dict[str, Any]:
    """The same without the registry and with the forward that our hook stands around."""
    if others:
        raise AttachError(
            "this {kind} cannot be copied or saved now, since other hooks of diffusers stand around it beside"
            " TeaCache's, and a copy would run the original's weights: leave the `with TeaCache(...)` block"
            " first.",
            kind=type(module).__name__,
        )
    del state["_diffusers_hook"]
    place = (
        "_old_forward" if "_old_forward" in state else "forward"
    )  # accelerate's offload wraps it once more
    state[place] = hook.fn_ref.original_forward
    if place == "forward" and getattr(state[place], "__func__", None) is type(module).forward:
        del state[place]
    return state
