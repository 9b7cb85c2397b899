"""What is known of how to work a pipeline class. Knows diffusers pipelines; nothing of caches and timing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from teacache.runs.adapters.previews import Preview
from teacache.runs.request import Checked, Request


def _alone(pipe: Any, request: Checked) -> AbstractContextManager[None]:
    return nullcontext()


def _any(pipe: Any, request: Checked) -> None:
    return None


def _never(pipe: Any) -> bool:
    return False


@dataclass(frozen=True, kw_only=True)
class Adapter:
    """How to work one pipeline class."""

    encode: Callable[[Any, Checked], dict[str, Any]]  # pipeline, request -> embeddings, masks, image
    preview: Preview | None  # pipeline, latents, request -> (f, H, W, 3) uint8; None: too dear to be made
    frames_argument: str | None = "num_frames"  # None: it makes one picture, or a sound
    seconds_argument: str | None = None  # it makes a sound of so many seconds, and is asked for no size
    guidance_arguments: tuple[str, ...] = ("guidance_scale",)  # each gets the request's guidance
    constants: dict[str, Any] = field(default_factory=dict)  # arguments that never change
    guided_calls: int = 1  # transformer calls per step with guidance: 2 where the branches are separate calls
    distilled: Callable[[Any], bool] = _never  # whether this pipeline's model needs no second call after all
    unguided: float | None = None  # what the class calls no guidance, where it is not 1
    check: Callable[[Any, Checked], None] = _any  # limits that depend on the pipeline at hand
    around: Callable[[Any, Checked], AbstractContextManager[None]] = _alone  # a state that its runs need
    callback: bool = True  # it takes callback_on_step_end

    def arguments(self, request: Request) -> dict[str, Any]:
        """The keyword arguments of the pipeline's call, all but embeddings, image, noise and callbacks.

        What the request leaves open is None.
        """
        scale = request.guidance_scale
        if self.unguided is not None and scale is not None and scale <= 1:
            scale = self.unguided
        guidance = dict.fromkeys(self.guidance_arguments, scale)
        return {
            "num_inference_steps": request.steps,
            **self._extent(request),
            **guidance,
            **self.constants,
        }

    def _extent(self, request: Request) -> dict[str, Any]:
        """How large or how long."""
        if self.seconds_argument:
            return {self.seconds_argument: request.seconds}
        frames = {self.frames_argument: request.frames} if self.frames_argument else {}
        return {"height": request.height, "width": request.width, **frames}

    def calls_per_step(self, pipe: Any, request: Checked) -> int:
        """Transformer calls in one scheduler step."""
        return self.guided_calls if request.guidance_scale > 1 and not self.distilled(pipe) else 1
