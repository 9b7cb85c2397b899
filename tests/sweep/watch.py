"""Hears what a pipeline really does, by means of its own: hooks on the transformers, and wrappers around the
methods of the scheduler's class.

So copies of a scheduler are heard too. Knows nothing of TeaCache.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import torch
from diffusers import SchedulerMixin

TRANSFORMERS = ("transformer", "transformer_2")


@dataclass(frozen=True)
class Forward:
    """One call of a transformer: in which loop over the schedule and at which of its steps it came."""

    transformer: str
    loop: int  # 0-based; a new one after every set_timesteps()
    step: int  # 0-based in its loop; a new one after every scheduler.step()
    given: torch.Tensor  # the timestep argument
    task: tuple[Any, ...]  # what it is to predict: the text, the part of the video, what is switched off


@dataclass
class Log:
    """What was heard of one call of the pipeline."""

    forwards: list[Forward] = field(default_factory=list)
    times: dict[tuple[int, int], float] = field(default_factory=dict)  # (loop, step) -> what step() was told
    unscheduled: bool = False  # the pipeline steps by itself, once a call
    _place: tuple[int, int] = (-1, -1)
    _loop_is_over: bool = True
    _step_is_over: bool = True

    @property
    def lengths(self) -> tuple[int, ...]:
        """The steps of each loop."""
        last = {forward.loop: forward.step for forward in self.forwards}
        return tuple(step + 1 for step in last.values())

    def hear_schedule(self, given: Mapping[str, Any]) -> None:
        """set_timesteps() was called."""
        self._loop_is_over = True

    def hear_step(self, given: Mapping[str, Any]) -> None:
        """step() was called: once, twice (Cosmos), or for one frame after the other (SkyReels V2)."""
        now = float(given["timestep"])
        self.times[self._place] = max(now, self.times.get(self._place, now))
        self._step_is_over = True

    def hear_forward(self, name: str, timestep: Any, task: tuple[Any, ...]) -> None:
        """A transformer was called."""
        loop, step = self._place
        if self._loop_is_over:
            loop, step = loop + 1, 0
        elif self._step_is_over or self.unscheduled:
            step += 1
        if self.unscheduled:
            self.times[loop, step] = float(torch.as_tensor(timestep).max())
        self._place, self._loop_is_over, self._step_is_over = (loop, step), False, False
        self.forwards.append(Forward(name, loop, step, torch.as_tensor(timestep).clone(), task))


class Watch:
    """Hears a pipeline until it is closed."""

    def __init__(self, pipe: Any):
        kinds = {type(part) for part in pipe.components.values() if isinstance(part, SchedulerMixin)}
        self._unscheduled = not kinds
        self.log = Log(unscheduled=self._unscheduled)
        self._stack = ExitStack()
        for kind in kinds:
            self._stack.enter_context(
                _around(kind, "set_timesteps", lambda given: self.log.hear_schedule(given))
            )
            self._stack.enter_context(_around(kind, "step", lambda given: self.log.hear_step(given)))
        for name in TRANSFORMERS:
            if getattr(pipe, name, None) is not None:
                self._hear(name, getattr(pipe, name))

    def take(self) -> Log:
        """What was heard since the last time."""
        log, self.log = self.log, Log(unscheduled=self._unscheduled)
        return log

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.close()

    def _hear(self, name: str, model: torch.nn.Module) -> None:
        signature = inspect.signature(type(model).forward)

        def hear(model: torch.nn.Module, args: tuple, kwargs: dict[str, Any]) -> None:
            given = signature.bind(model, *args, **kwargs).arguments
            timestep = next(given[key] for key in ("timestep", "timesteps", "t") if key in given)
            self.log.hear_forward(name, timestep, _task(model, given))

        self._stack.callback(model.register_forward_pre_hook(hear, with_kwargs=True).remove)


_TEXTS = ("encoder_hidden_states", "encoder_hidden_states_t5", "cap_feats")
_SWITCHES = ("skip_layers", "spatio_temporal_guidance_blocks", "isolate_modalities")


def _task(model: torch.nn.Module, given: Mapping[str, Any]) -> tuple[Any, ...]:
    text = next((given[key] for key in _TEXTS if key in given), None)
    switches = tuple(str(given.get(key)) for key in _SWITCHES)
    return _prints(text), _prints(given.get("video_coords")), switches, _skipped(model)


def _prints(value: Any) -> tuple[Any, ...]:
    """Numbers by which two tensors, or lists of them, are told apart."""
    if isinstance(value, torch.Tensor):
        return (*value.shape, value.double().sum().item(), value.double().abs().max().item())
    return tuple(_prints(item) for item in value) if isinstance(value, (list, tuple)) else ()


def _skipped(model: torch.nn.Module) -> tuple[str, ...]:
    """The parts around which a guider has put a hook that switches them off."""
    registries = {name: vars(part).get("_diffusers_hook") for name, part in model.named_modules()}
    return tuple(
        f"{name}.{hook}"
        for name, registry in registries.items()
        if registry is not None
        for hook in registry.hooks
        if "Guidance" in hook
    )


@contextmanager
def _around(kind: type, name: str, hear: Callable[[Mapping[str, Any]], None]) -> Iterator[None]:
    """Tell `hear` the arguments of every call of a method, after it was made; copies' calls too."""
    own = name in vars(kind)
    method = getattr(kind, name)
    signature = inspect.signature(method)

    @wraps(method)
    def wrapper(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = method(self, *args, **kwargs)
        hear(signature.bind(self, *args, **kwargs).arguments)
        return result

    setattr(kind, name, wrapper)
    try:
        yield
    finally:
        if own:
            setattr(kind, name, method)
        else:
            delattr(kind, name)
