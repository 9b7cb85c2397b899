"""The first call of its kind, made before any that is timed: what happens once per process never counts.

Compilation, autotuning, the allocation of buffers, the loading of kernels and offloaded weights: all of that
belongs to a pipeline in one state at one size, and happens in its first computed and its first reused call.
So the pipeline itself is run until every transformer has made both, then left. Knows pipelines; no time.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import replace
from typing import Any, cast

import torch
from torch import nn

from teacache.method.settings import NAIVE, Settings
from teacache.method.trace import StepRecord
from teacache.runs.calling import call, experts_of
from teacache.runs.request import Checked

STEPS = 4  # at most: so few suffice for both experts of a pipeline that changes between them
REUSES = 1e9  # a threshold that no distance reaches
PARTS = ("transformer", "transformer_2")

_warm: weakref.WeakKeyDictionary[nn.Module, set[Hashable]] = weakref.WeakKeyDictionary()


def is_warm(pipe: Any, request: Checked, embeddings: dict[str, Any], settings: Settings) -> bool:
    """Whether such calls were made before, by this pipeline in the state that it is in."""
    return _kind(pipe, request, embeddings, settings) in _warm.get(pipe.transformer, ())


def warm(
    pipe: Any,
    request: Checked,
    embeddings: dict[str, Any],
    settings: Settings,
    *,
    check: Callable[[], None] = lambda: None,
) -> None:
    """Make the calls that a run of this checked request will make, a few of them; leaves nothing behind.

    `check` is called before each of them; what it raises, or the pipeline, is passed on.
    """
    kind = _kind(pipe, request, embeddings, settings)
    few = replace(request, steps=min(request.steps, STEPS), probe=False)
    watch = _Watch(pipe, check, reuse=not settings.off)
    try:
        call(
            pipe,
            few,
            embeddings,
            settings=_eager(settings),
            experts={name: _eager(own) for name, own in experts_of(pipe, settings).items()},
            observer=watch,
            after_step=watch.after_step,
        )
    except _Enough:
        _warm.setdefault(pipe.transformer, set()).add(kind)
    finally:
        pipe.maybe_free_model_hooks()  # every run begins with what is offloaded off the device


def _eager(settings: Settings) -> Settings:
    """Settings that compute the first step and reuse all others, by the same hooks; off stays off."""
    if settings.off:
        return settings
    return Settings(
        threshold=REUSES, coefficients=NAIVE, first_steps=1, last_steps=0, variant=settings.variant
    )


class _Enough(Exception):
    """Leaves the pipeline."""


class _Watch:
    """Leaves the pipeline after the step in which the last kind of call was made, or before it decodes."""

    def __init__(self, pipe: Any, check: Callable[[], None], *, reuse: bool):
        names = [name for name in PARTS if getattr(pipe, name, None) is not None]
        self.missing = {
            (name, computed) for name in names for computed in ((True, False) if reuse else (True,))
        }
        self.check = check

    def before_call(self, call: int, step: int, branch: str) -> None:
        self.check()

    def after_call(self, record: StepRecord) -> None:
        self.missing.discard((record.transformer, record.computed))

    def after_step(self, pipe: Any, step: int, timestep: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        if not self.missing or step + 1 >= len(pipe.scheduler.timesteps):
            raise _Enough
        return {}


def _kind(pipe: Any, request: Checked, embeddings: dict[str, Any], settings: Settings) -> Hashable:
    """Everything that makes another kind of call: another graph, another kernel, another buffer."""
    experts = experts_of(pipe, settings)
    return (
        request.size,
        request.guidance_scale > 1,
        request.image is not None,
        shapes_of(embeddings),
        settings.off,
        settings.variant,
        tuple(sorted((name, own.variant) for name, own in experts.items())),
        tuple(_state(getattr(pipe, name, None)) for name in PARTS),
    )


def shapes_of(embeddings: dict[str, Any]) -> tuple[tuple[str, tuple[int, ...], str], ...]:
    """Name, shape and precision of every tensor that a prompt was encoded to."""
    return tuple(sorted(_shapes(embeddings)))


def _shapes(value: object, name: str = "") -> Iterator[tuple[str, tuple[int, ...], str]]:
    """Name, shape and precision of every tensor in a nest of dictionaries and lists."""
    if isinstance(value, torch.Tensor):
        yield name, tuple(value.shape), str(value.dtype)
    elif isinstance(value, dict):
        for key, inner in cast(dict[Any, Any], value).items():
            yield from _shapes(inner, f"{name}.{key}")
    elif isinstance(value, list | tuple):
        for place, inner in enumerate(cast(Iterable[Any], value)):
            yield from _shapes(inner, f"{name}.{place}")


def _state(module: nn.Module | None) -> Hashable:
    """Changes when the module is moved, converted, compiled, offloaded, quantised, given other processors."""
    if module is None:
        return None
    places = frozenset((str(weight.device), str(weight.dtype)) for weight in module.parameters())
    return places, tuple(_part(inner) for inner in module.modules())


def _part(module: nn.Module) -> Hashable:
    processor: object = getattr(module, "processor", None)
    return (
        type(module),
        module._compiled_call_impl is not None,
        hasattr(module, "_hf_hook"),
        tuple(getattr(getattr(module, "_diffusers_hook", None), "hooks", ())),
        type(processor),
    )
