"""What a call of the pipeline may be asked for; anything else is refused with one sentence.

Knows the arguments and the checkpoint's longest sound; computes nothing.
"""

from __future__ import annotations

from typing import Any

import torch

from teacache.errors import RequestError
from teacache.models import arguments

OUTPUT_TYPES = ("np", "pt", "latent")


def check_inputs(
    pipe: Any,
    *,
    duration: float,
    steps: int,
    guidance_scale: float,
    sounds: int,
    output_type: str,
    prompt: str | list[str] | None,
    features: tuple[torch.Tensor | None, ...],
    tensors: list[str],
) -> None:
    """Raises RequestError for the first argument that cannot be used.

    `features`: of the prompt, with its pooled vector, and of the empty prompt, with its own.
    """
    _check_duration(pipe, duration)
    arguments.whole("num_inference_steps", steps)
    arguments.whole("num_waveforms_per_prompt", sounds)
    arguments.number("guidance_scale", guidance_scale)
    if output_type not in OUTPUT_TYPES:
        raise RequestError(f"There is no output_type {output_type!r}: use one of {', '.join(OUTPUT_TYPES)}.")
    arguments.callback_tensors(tensors, pipe._callback_tensor_inputs)
    _check_text(pipe, prompt, features, guidance_scale > 1)


def _check_duration(pipe: Any, duration: float) -> None:
    arguments.number("duration", duration)
    longest = pipe.longest
    if not 0 < duration <= longest:
        raise RequestError(
            f"This checkpoint makes sounds of up to {longest:g} seconds, not of {duration:g}: ask for less."
        )


def _check_text(
    pipe: Any, prompt: str | list[str] | None, features: tuple[torch.Tensor | None, ...], guided: bool
) -> None:
    embeds, pooled, *negative = features
    if (prompt is None) == (embeds is None):
        raise RequestError("Give either prompt or prompt_embeds: one of the two, and not both.")
    if prompt is not None:
        arguments.texts("prompt", prompt)
        if pipe.text_encoder is None or pipe.tokenizer is None:
            raise RequestError("This pipeline was loaded without its text encoder: give prompt_embeds.")
        return
    if pooled is None:
        raise RequestError("prompt_embeds need pooled_prompt_embeds: encode_prompt gives both.")
    if guided and None in [None if one is None else len(one) for one in negative]:
        raise RequestError(
            "With prompt_embeds and guidance, give negative_prompt_embeds and negative_pooled_prompt_embeds: "
            "encode_prompt gives all four."
        )
