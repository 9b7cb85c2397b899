"""Who else stands around a transformer's parts, and what TeaCache cannot stand beside.

Knows diffusers' registries and the names of its hooks; nothing of what ours do.
"""

from __future__ import annotations

import torch
from torch import nn

from teacache.errors import AttachError

NAME = "teacache"  # of our hooks, in every registry
# How the names of other caches' hooks begin (diffusers/hooks/*.py, 0.42.1). Not text_kv_cache: it changes no
# value.
_CACHES = ("faster_cache", "fbc", "mag_cache", "pyramid_attention_broadcast", "sea_cache", "taylorseer")


def others_around(module: nn.Module) -> bool:
    """Whether hooks of others stand around the module: one of them may skip it."""
    registry = vars(module).get("_diffusers_hook")
    return registry is not None and bool(registry.hooks.keys() - {NAME})


def refuse_if_taken(module: nn.Module) -> None:
    """Before attaching. Raises AttachError if this or another cache is there."""
    registry = vars(module).get("_diffusers_hook")
    if registry is not None and registry.get_hook(NAME) is not None:
        raise AttachError(
            "TeaCache is already attached to this {kind}: leave the other `with TeaCache(...)` block,"
            " or call its detach(), first.",
            kind=type(module).__name__,
        )
    if getattr(module, "is_cache_enabled", False) or _holds_another_cache(module):
        raise AttachError(
            "another cache is enabled on this {kind}: call pipe.transformer.disable_cache() first, or load"
            " the model again if an apply_ function put it there.",
            kind=type(module).__name__,
        )


def refuse_if_not_alone(module: nn.Module) -> None:
    """What can go wrong only after attaching, checked at each call. Raises AttachError."""
    if torch.is_grad_enabled():
        raise AttachError(
            "gradients are enabled, and TeaCache would keep every step's graph alive: "
            "run the transformer under torch.no_grad() or torch.inference_mode()."
        )
    if getattr(module, "is_cache_enabled", False):
        _refuse_a_later_one()


def refuse_another_cache(module: nn.Module) -> None:
    """The same of caches without a sign at the transformer; it walks all parts, so at first steps only."""
    if _holds_another_cache(module):
        _refuse_a_later_one()


def _refuse_a_later_one() -> None:
    raise AttachError("another cache was enabled while TeaCache is attached: use one at a time.")


def _holds_another_cache(module: nn.Module) -> bool:
    """Whether a cache stands around some part: diffusers' apply_ functions leave no other sign of it."""
    registries = (vars(part).get("_diffusers_hook") for part in module.modules())
    return any(name.startswith(_CACHES) for registry in registries if registry for name in registry.hooks)
