"""What pipeline classes call the same things.

A row of the table says how to turn a request into the pipeline's arguments and what a preview of its latents
is; the clip itself is always decoded by the pipeline. Knows diffusers pipelines, nothing about caches or
timing. What all models of a class share besides, its family, is a row of models/families.py.
"""

from __future__ import annotations

from typing import Any

from teacache.errors import UnsupportedModelError
from teacache.models.cards_audio import AUDIO_CARDS
from teacache.runs.adapters.adapter import Adapter
from teacache.runs.adapters.table import ADAPTERS
from teacache.runs.defaults import Defaults, PipelineDefaults
from teacache.runs.request import Checked, Request

__all__ = ["ADAPTERS", "Adapter", "adapter_of", "checked", "defaults_of"]


def adapter_of(pipe: Any) -> Adapter:
    """The row of a pipeline's class or of its parents. Raises UnsupportedModelError that lists the rows."""
    for kind in type(pipe).__mro__:
        if kind.__name__ in ADAPTERS:
            return ADAPTERS[kind.__name__]
    supported = ", ".join(ADAPTERS)
    raise UnsupportedModelError(
        "A {kind} cannot be compared, only {known}: call it inside `with TeaCache(pipe)`.",
        kind=type(pipe).__name__,
        known=supported,
    )


def checked(pipe: Any, request: Request) -> Checked:
    """The request with the pipeline's defaults filled in, within the limits of both.

    Raises RequestError, one sentence, for what cannot be run; UnsupportedModelError without a row.
    """
    adapter = adapter_of(pipe)
    filled = request.checked(defaults_of(pipe))
    adapter.check(pipe, filled)
    return filled


def defaults_of(pipe: Any) -> Defaults:
    """The catalog card that the loader left on the pipeline, else what its configuration says."""
    card = getattr(pipe, "teacache_card", None)
    if card is not None:
        return card
    name = type(pipe).__name__
    adapter = adapter_of(pipe)
    config = pipe.transformer.config
    scale = getattr(pipe, "vae_scale_factor", None) or getattr(pipe, "vae_scale_factor_spatial", 8)
    side = config.get("sample_size") or 64
    if adapter.seconds_argument:
        return _sound_defaults(pipe)
    return PipelineDefaults(
        name=name,
        pipeline=name,
        steps=50,
        frames=_length(pipe) if adapter.frames_argument else 1,
        height=(config.get("sample_height") or side) * scale,
        width=(config.get("sample_width") or side) * scale,
        guidance_scale=7.5,  # the default of the pipelines themselves
    )


def _sound_defaults(pipe: Any) -> PipelineDefaults:
    """Those of the card of the same class, but no longer than the pipeline can."""
    name = type(pipe).__name__
    card = next(one for one in AUDIO_CARDS if one.pipeline == name)
    return PipelineDefaults(
        name=name,
        pipeline=name,
        steps=card.steps,
        frames=card.frames,
        height=card.height,
        width=card.width,
        guidance_scale=card.guidance_scale,
        fps=card.fps,
        seconds=min(card.seconds, pipe.longest),
    )


def _length(pipe: Any) -> int:
    """Frames of a clip: a pipeline's own word where it has one, since `video_length` may count latents."""
    frames = getattr(pipe, "num_frames", None)
    return frames if isinstance(frames, int) else pipe.transformer.config.get("video_length", 17)
