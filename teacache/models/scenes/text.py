"""The text side: a tokenizer of our words only, a tiny UMT5 encoder, and what WanPipeline makes of it.

Knows captions; knows nothing of latents or denoising.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

import torch
from transformers import T5Tokenizer, UMT5Config, UMT5EncoderModel

from teacache.models.scenes.data import (
    ATTRIBUTES,
    COLORS,
    MOTIONS,
    PLACES,
    THINGS,
    TIMES,
    WORDS,
    sample_scene,
    training_caption,
)
from teacache.models.scenes.nets import TEXT_WIDTH
from teacache.models.training import text

TOKENIZER_SIZE = 64
PIPELINE_TOKENS = 512  # to which WanPipeline fills up every prompt, with zeros
PROMPT_TOKENS = 12  # of the longest caption, the end mark included
_ANSWERS = {"color": COLORS, "thing": THINGS, "motion": MOTIONS, "place": PLACES, "time": TIMES}


def build_tokenizer() -> T5Tokenizer:
    """A T5 tokenizer whose pieces are our whole words; every other word is <unk>."""
    return text.build_tokenizer(WORDS, size=TOKENIZER_SIZE, longest=PIPELINE_TOKENS)


def build_text_encoder() -> UMT5EncoderModel:
    """An untrained UMT5 encoder of 0.33 million parameters."""
    return UMT5EncoderModel(UMT5Config(**text.encoder_sizes(tokens=TOKENIZER_SIZE, width=TEXT_WIDTH)))


def pretrain_text_encoder(
    *, steps: int, seed: int, report: Callable[[int, dict[str, float]], None]
) -> UMT5EncoderModel:
    """A text encoder in which every token tells all attributes of its caption (see training/text.py)."""
    torch.manual_seed(seed)
    lesson = text.TextLesson(tuple(len(words) + 1 for words in _ANSWERS.values()), _labelled_caption)
    return text.pretrain_text_encoder(
        build_text_encoder(),
        build_tokenizer(),
        lesson,
        steps=steps,
        rng=random.Random(f"{seed}/text"),
        report=report,
    )


def _labelled_caption(rng: random.Random) -> tuple[str, list[int]]:
    scene = sample_scene(rng)
    caption = training_caption(scene, rng) if rng.random() > 0.03 else ""
    labels = []
    for name in ATTRIBUTES:
        word, answers = getattr(scene, name), _ANSWERS[name]
        labels.append(answers.index(word) if f" {word}" in caption else len(answers))
    return caption, labels


class PromptEmbedder:
    """Turns captions into what WanPipeline feeds the transformer, and remembers them.

    The pipeline fills a prompt up with zeros to 512 tokens and hides none of them. They are all alike, so
    that one stands for the many where `bias` adds the logarithm of their number to its score.
    """

    def __init__(self, encoder: UMT5EncoderModel, *, device: str | torch.device = "cpu") -> None:
        self._encoder, self._tokenizer, self._device = encoder.cpu(), build_tokenizer(), device
        self._known: dict[str, torch.Tensor] = {}
        self.bias = torch.zeros(PROMPT_TOKENS + 1, device=device)
        self.bias[-1] = math.log(PIPELINE_TOKENS - PROMPT_TOKENS)

    def __call__(self, captions: Sequence[str]) -> torch.Tensor:
        """Embeddings (N, 13, 128), to be attended to under `bias` (13,)."""
        return torch.stack([self._embed(caption) for caption in captions])

    @torch.no_grad()
    def _embed(self, caption: str) -> torch.Tensor:
        if caption not in self._known:
            batch = self._tokenizer([caption], return_tensors="pt")
            states = self._encoder(**batch).last_hidden_state[0]
            row = torch.zeros(PROMPT_TOKENS + 1, TEXT_WIDTH)
            row[: len(states)] = states
            self._known[caption] = row.to(self._device)
        return self._known[caption]
