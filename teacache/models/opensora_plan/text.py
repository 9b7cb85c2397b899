"""Prompts as Open-Sora-Plan's denoiser receives them: T5 features, both prompts cut to the same length.

Follows the authors' pipeline, opensora/sample/pipeline_videogen.py in PKU-YuanGroup/Open-Sora-Plan v1.1.0.
Knows the tokenizer and T5; nothing of latents.
"""

from __future__ import annotations

from typing import Any

import torch
from diffusers.utils import logging

from teacache.models.captions import clean_caption

MAX_TOKENS = 300  # model_max_length of the published configs

logger = logging.get_logger(__name__)


def encode(
    pipe: Any, prompts: list[str], negatives: list[str] | None, *, device: torch.device, clean: bool
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Features of the prompts and of the negative ones, each (B, L, C); L as `cut` explains."""
    features, mask = _features(pipe, prompts, device, clean)
    other = None if negatives is None else _features(pipe, negatives, device, clean)[0]
    return cut(features, other, mask)


def cut(
    features: torch.Tensor, negative: torch.Tensor | None, mask: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Both (B, 300, C) cut to the tokens that the positive prompt keeps, by its `mask` (B, 300).

    The denoiser has no text mask, so nothing else hides the padding; padding of the (mostly empty) negative
    prompt does reach the denoiser. Prompts of several lengths in one batch cannot be cut alike: there the
    authors put zeros after each prompt's end and leave all 300 tokens, negative ones as they are. A prompt
    thus gives another video alone than in such a batch.
    """
    lengths = mask.sum(dim=1).tolist()
    if len(set(lengths)) > 1:
        return features * mask[..., None].to(features.dtype), negative
    return features[:, : lengths[0]], None if negative is None else negative[:, : lengths[0]]


def _features(
    pipe: Any, texts: list[str], device: torch.device, clean: bool
) -> tuple[torch.Tensor, torch.Tensor]:
    texts = [clean_caption(text) if clean else text.lower().strip() for text in texts]
    tokens = pipe.tokenizer(
        texts, padding="max_length", max_length=MAX_TOKENS, truncation=True, return_tensors="pt"
    )
    for text in texts:
        length = len(pipe.tokenizer(text).input_ids)
        if length > MAX_TOKENS:
            logger.warning(f"A prompt of {length} tokens is cut to the {MAX_TOKENS} that the model reads.")
    mask = tokens.attention_mask.to(device)
    return pipe.text_encoder(tokens.input_ids.to(device), attention_mask=mask)[0], mask
