"""What a call of Open-Sora's pipeline may ask for; the reasons why not, as one sentence each."""

from __future__ import annotations

from typing import Any

import torch

from teacache.errors import RequestError
from teacache.models import arguments
from teacache.models.opensora.sizes import check_frames

OUTPUTS = ("pil", "np", "pt", "latent")


def request(height: int, width: int, num_frames: int, factor: int, output_type: str) -> None:
    """Raises RequestError for a size, length or output that cannot be made; `factor` pixels to a latent."""
    for name, pixels in (("height", height), ("width", width)):
        arguments.whole(name, pixels, factor, " pixels")
    check_frames(num_frames)
    if output_type not in OUTPUTS:
        raise RequestError(f"output_type is {output_type!r}, but must be one of {', '.join(OUTPUTS)}.")


def numbers(
    steps: Any, guidance_scale: Any, aesthetic_score: Any, motion_score: Any, camera_motion: Any
) -> None:
    """Raises RequestError for steps, guidance or scores of another type than theirs."""
    arguments.whole("num_inference_steps", steps)
    arguments.number("guidance_scale", guidance_scale)
    arguments.number("aesthetic_score", aesthetic_score, optional=True)
    arguments.number("motion_score", motion_score, optional=True)
    arguments.words("camera_motion", camera_motion, optional=True)


def texts(
    prompt: str | list[str] | None,
    negative_prompt: str | None,
    prompt_embeds: torch.Tensor | None,
    prompt_attention_mask: torch.Tensor | None,
) -> None:
    """Raises RequestError unless there is exactly one of prompt and embeddings, and no negative prompt."""
    if negative_prompt:
        raise RequestError(
            "Open-Sora has no negative prompt: its null prompt is learned and part of the weights. "
            "Leave negative_prompt out."
        )
    if (prompt is None) == (prompt_embeds is None):
        raise RequestError("Give either prompt or prompt_embeds, and not both.")
    if prompt is not None:
        arguments.texts("prompt", prompt)
    if prompt_attention_mask is not None and (
        prompt_embeds is None or prompt_attention_mask.shape != prompt_embeds.shape[:2]
    ):
        raise RequestError("prompt_attention_mask belongs to prompt_embeds: (batch, tokens) as there.")


def text_encoder(tokenizer: Any, encoder: Any) -> None:
    """Raises RequestError if this pipeline was loaded without its text encoder."""
    if tokenizer is None or encoder is None:
        raise RequestError("This pipeline has no text encoder: give prompt_embeds instead of prompt.")


def embeddings(embeds: torch.Tensor, mask: torch.Tensor, tokens: int, width: int) -> None:
    """Raises RequestError unless embeddings are (B, up to `tokens`, `width`) and one counts in each row.

    The null prompt has no more tokens, and attention to none at all is not a number.
    """
    if not bool(mask.any(dim=1).all()):
        raise RequestError(
            "prompt_attention_mask leaves a prompt without any token: at least one must count."
        )
    if embeds.dim() != 3 or embeds.shape[1] > tokens or embeds.shape[2] != width:
        raise RequestError(
            f"prompt_embeds are {tuple(embeds.shape)}, but must be (batch, at most {tokens} tokens, {width})."
        )
