"""What a call of the pipeline may be asked for; anything else is refused with one sentence.

Knows the arguments and the checkpoint's own sizes; computes nothing.
"""

from __future__ import annotations

from typing import Any

import torch
from diffusers import PNDMScheduler

from teacache.errors import RequestError
from teacache.models import arguments

Text = tuple[str | list[str] | None, torch.Tensor | None, torch.Tensor | None]
OUTPUT_TYPES = ("pil", "uint8", "np", "pt", "latent")
_FEWEST_STEPS = 4  # PNDM's Runge-Kutta start (arXiv 2202.09778) needs four points


def check_inputs(
    pipe: Any,
    *,
    size: tuple[int, int, int],
    steps: int,
    guidance_scale: float,
    videos: int,
    output_type: str,
    text: Text,
    negative_prompt: str | list[str],
    tensors: list[str],
) -> None:
    """Raises RequestError for the first argument that cannot be used.

    `size`: frames, height, width in pixels; `text`: prompt, its features, those of the negative prompt.
    """
    _check_size(pipe, *size)
    arguments.whole("num_inference_steps", steps)
    arguments.whole("num_videos_per_prompt", videos)
    arguments.number("guidance_scale", guidance_scale)
    if isinstance(pipe.scheduler, PNDMScheduler) and steps < _FEWEST_STEPS:
        raise RequestError(f"{steps} steps are too few for PNDM: ask for {_FEWEST_STEPS} or more.")
    if output_type not in OUTPUT_TYPES:
        raise RequestError(f"There is no output_type {output_type!r}: use one of {', '.join(OUTPUT_TYPES)}.")
    arguments.callback_tensors(tensors, pipe._callback_tensor_inputs)
    _check_text(pipe, *text, guidance_scale > 1)
    if text[0] is not None:
        _check_words(text[0], negative_prompt)


def _check_size(pipe: Any, frames: int, height: int, width: int) -> None:
    if frames != pipe.num_frames:
        raise RequestError(
            f"This checkpoint makes {pipe.num_frames} frames, not {frames}, since it knows that many "
            "positions in time: leave num_frames out, or load the 65 or the 221 frame checkpoint."
        )
    multiple = pipe.vae_scale_factor * pipe.transformer.config.patch_size
    for name, pixels in (("height", height), ("width", width)):
        arguments.whole(name, pixels, multiple, " pixels")
    if height % multiple or width % multiple:
        raise RequestError(
            f"Height and width must be multiples of {multiple} pixels, but are {height} x {width}."
        )


def _check_words(prompt: str | list[str], negative: str | list[str]) -> None:
    arguments.texts("prompt", prompt)
    arguments.texts("negative_prompt", negative)
    count = 1 if isinstance(prompt, str) else len(prompt)
    if not isinstance(negative, str) and len(negative) != count:
        raise RequestError(
            f"negative_prompt has {len(negative)} texts for {count} of prompt: give one string for all, or "
            "one for each."
        )


def _check_text(
    pipe: Any,
    prompt: str | list[str] | None,
    embeds: torch.Tensor | None,
    negative: torch.Tensor | None,
    guided: bool,
) -> None:
    if (prompt is None) == (embeds is None):
        raise RequestError("Give either prompt or prompt_embeds: one of the two, and not both.")
    if prompt is not None and (pipe.text_encoder is None or pipe.tokenizer is None):
        raise RequestError("This pipeline was loaded without its text encoder: give prompt_embeds.")
    if prompt is not None and negative is not None:
        raise RequestError(
            "negative_prompt_embeds go with prompt_embeds: with a prompt, give negative_prompt."
        )
    if embeds is not None and guided and (negative is None or negative.shape != embeds.shape):
        raise RequestError(
            "With prompt_embeds and guidance, give negative_prompt_embeds of the same shape: "
            "both are cut to the tokens of the prompt."
        )
