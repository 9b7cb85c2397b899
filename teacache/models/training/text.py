"""The text side of a small world: a tokenizer of its words only, and an encoder taught which word says what.

Knows captions as text and their answers as numbers; knows nothing of any one world, of latents or denoising.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from transformers import PreTrainedModel, T5Tokenizer

from teacache.models.training.optim import learning_rate_scale


def build_tokenizer(words: Sequence[str], *, size: int, longest: int = 120) -> T5Tokenizer:
    """A T5 tokenizer of `size` pieces that are whole words; every other word is <unk>."""
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), *[("▁" + word, -1.0) for word in words]]
    extra = size - len(pieces)
    pieces += [(f"<extra_id_{extra - 1 - i}>", 0.0) for i in range(extra)]
    return T5Tokenizer(vocab=pieces, extra_ids=extra, model_max_length=longest)


def encoder_sizes(*, tokens: int, width: int) -> dict[str, Any]:
    """What a configuration of T5 or UMT5 needs for an encoder of two layers (0.33 million parameters)."""
    return {
        "vocab_size": tokens, "d_model": width, "d_kv": 32, "d_ff": 2 * width, "num_layers": 2,
        "num_heads": 4, "feed_forward_proj": "gated-gelu", "dropout_rate": 0.0,
        "is_encoder_decoder": False, "use_cache": False,
    }  # fmt: skip


@dataclass(frozen=True)
class TextLesson:
    """What every token of a caption is to tell.

    `answers` counts the answers to each question, "not said" too; `draw` gives a caption and the number of
    its answer to each.
    """

    answers: tuple[int, ...]
    draw: Callable[[random.Random], tuple[str, list[int]]]


def pretrain_text_encoder(
    encoder: PreTrainedModel,
    tokenizer: T5Tokenizer,
    lesson: TextLesson,
    *,
    steps: int,
    rng: random.Random,
    report: Callable[[int, dict[str, float]], None],
) -> PreTrainedModel:
    """Teach every token to tell all attributes of its caption, so that "red" means *whose* red it is.

    Trained together with the denoiser from scratch, the text stays a bag of words.
    """
    head = torch.nn.Linear(encoder.config.d_model, sum(lesson.answers))
    parameters = [*encoder.parameters(), *head.parameters()]
    optimizer = torch.optim.AdamW(parameters, betas=(0.9, 0.98), weight_decay=0.01)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = 2e-3 * learning_rate_scale(step, steps=steps, warmup=50, decay=1.0)
        captions, answers = zip(*[lesson.draw(rng) for _ in range(128)], strict=True)
        batch = tokenizer(list(captions), padding=True, return_tensors="pt")
        scores = head(encoder(**batch).last_hidden_state)
        loss, right = _attribute_loss(scores, batch.attention_mask, torch.tensor(answers), lesson.answers)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        report(step + 1, {"loss": loss.item(), "accuracy": right})
    return encoder.eval().requires_grad_(False)


def _attribute_loss(
    scores: torch.Tensor, mask: torch.Tensor, labels: torch.Tensor, answers: Sequence[int]
) -> tuple[torch.Tensor, float]:
    per_token = scores[mask.bool()].split(list(answers), dim=1)
    wanted = labels.repeat_interleave(mask.sum(1), 0).unbind(1)
    loss = sum(F.cross_entropy(guess, label) for guess, label in zip(per_token, wanted, strict=True))
    right = [
        (guess.argmax(1) == label).float().mean().item()
        for guess, label in zip(per_token, wanted, strict=True)
    ]
    return loss, min(right)
