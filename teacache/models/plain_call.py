"""A plain call of a loaded pipeline makes what its card says: size, frames or seconds, steps, guidance.

diffusers gives every model of a class the same defaults; a model trained at another size draws garbage at
them. Knows pipelines by the parameters of their call; nothing of files or devices.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache, wraps
from inspect import signature
from typing import Any

from diffusers import DiffusionPipeline

from teacache.method.placing import child_of, turn_into
from teacache.models.cards import Card

_FRAMES = ("num_frames", "video_length", "frames")  # what calls name the length of a clip, one of them each


def fill_in(pipe: DiffusionPipeline) -> None:
    """From now on the pipeline's call takes what it is not given from `pipe.teacache_card`.

    What a caller gives wins; None is nothing given, as in diffusers. By a class of the same name in front of
    its own, since Python looks a call up there: what is saved or pickled, and what asks for the class by its
    name, its parents or its signature, sees no difference.
    """
    turn_into(pipe, _filling_in(type(pipe)))


def usual(card: Card, parameters: Collection[str]) -> dict[str, Any]:
    """The card's numbers by the names that a pipeline's call has for them; what it has no name for is out."""
    frames = next((name for name in _FRAMES if name in parameters), "")
    numbers = {
        "num_inference_steps": card.steps,
        frames: card.frames,
        "height": card.height,
        "width": card.width,
        "duration": card.seconds,
        "guidance_scale": card.guidance_scale,
        **card.call,
    }
    return {name: value for name, value in numbers.items() if name in parameters}


@cache
def _filling_in(kind: type[DiffusionPipeline]) -> type[DiffusionPipeline]:
    parameters = tuple(signature(kind.__call__).parameters)[1:]  # the first is the pipeline

    @wraps(kind.__call__)
    def call(self: DiffusionPipeline, *args: Any, **kwargs: Any) -> Any:
        card = getattr(self, "teacache_card", None)  # made by `from_pipe` it has none
        left = parameters[len(args) :]
        missing = {} if card is None else usual(card, [name for name in left if kwargs.get(name) is None])
        return kind.__call__(self, *args, **(kwargs | missing))

    def reduce(self: DiffusionPipeline, protocol: int) -> tuple[Any, ...]:
        return _again, (kind,), self.__dict__  # pickle finds a class by its name, and that is `kind`

    return child_of(kind, {"__call__": call, "__reduce_ex__": reduce})


def _again(kind: type[DiffusionPipeline]) -> DiffusionPipeline:
    return object.__new__(_filling_in(kind))
