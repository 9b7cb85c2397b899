"""What a call of Open-Sora's pipeline may ask for; the reasons why not, as one sentence each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from teacache.errors import RequestError
from teacache.models.opensora.sizes import check_frames

OUTPUTS = ("pil", "np", "pt", "latent")


def request(height: int, width: int, num_frames: int, factor: int, output_type: str) -> None:
    """Raises RequestError for a size, length or output that cannot be made; `factor` pixels to a latent."""
    for name, pixels in (("height", height), ("width", width)):
        if isinstance(pixels, bool) or not isinstance(pixels, int) or pixels < factor:
            raise RequestError(
                f"{name} is {pixels!r}, but must be a whole number of at least {factor} pixels."
            )
    check_frames(num_frames)
    if output_type not in OUTPUTS:
        raise RequestError(f"output_type is {output_type!r}, but must be one of {', '.join(OUTPUTS)}.")


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
    listed = isinstance(prompt, list) and prompt and all(isinstance(p, str) for p in prompt)
    if prompt is not None and not isinstance(prompt, str) and not listed:
        raise RequestError(f"prompt must be a string or a list of strings, but is {type(prompt).__name__}.")
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


def callback_tensors(asked: Sequence[str], known: Sequence[str]) -> None:
    """Raises RequestError for a tensor that callbacks cannot get."""
    for name in asked:
        if name not in known:
            raise RequestError(f"Callbacks can get {', '.join(known)}, but not {name!r}.")


def latents(given: torch.Tensor, shape: tuple[int, ...]) -> None:
    """Raises RequestError unless the given noise has this shape."""
    if tuple(given.shape) != shape:
        raise RequestError(f"latents are {tuple(given.shape)}, but this call needs {shape}.")
