"""The text side: a T5 tokenizer of our words only, and a tiny T5 encoder taught which word says what of what.

Knows captions; knows nothing of latents or denoising.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import torch
from transformers import T5Config, T5EncoderModel, T5Tokenizer

from teacache.models.shapes.data import (
    COLOR_NAMES,
    MOTIONS,
    SHAPES,
    WORDS,
    Scene,
    sample_scene,
    training_caption,
)
from teacache.models.shapes.nets import TEXT_WIDTH
from teacache.models.training import text

TOKENIZER_SIZE = 48
PROMPT_TOKENS = 10  # of the longest caption, the end mark included
_ANSWERS = (
    COLOR_NAMES,
    COLOR_NAMES,
    SHAPES,
    MOTIONS,
)  # color, background, shape, motion; one more answer is "not said"


def build_tokenizer() -> T5Tokenizer:
    """A T5 tokenizer whose pieces are our whole words; every other word is <unk>."""
    return text.build_tokenizer(WORDS, size=TOKENIZER_SIZE)


def build_text_encoder() -> T5EncoderModel:
    """An untrained T5 encoder of 0.33 million parameters."""
    return T5EncoderModel(T5Config(**text.encoder_sizes(tokens=TOKENIZER_SIZE, width=TEXT_WIDTH)))


def pretrain_text_encoder(
    *, steps: int, seed: int, report: Callable[[int, dict[str, float]], None]
) -> T5EncoderModel:
    """A text encoder in which every token tells all four attributes of its caption (see training/text.py)."""
    torch.manual_seed(seed)
    lesson = text.TextLesson(tuple(len(answers) + 1 for answers in _ANSWERS), _labelled_caption)
    return text.pretrain_text_encoder(
        build_text_encoder(),
        build_tokenizer(),
        lesson,
        steps=steps,
        rng=random.Random(f"{seed}/text"),
        report=report,
    )


class PromptEmbedder:
    """Turns captions into what LattePipeline feeds the transformer for a single prompt, and remembers them.

    The pipeline cuts a prompt to its own tokens, and the empty negative prompt (an end mark, then padding) to
    as many.
    """

    def __init__(self, encoder: T5EncoderModel) -> None:
        self._encoder, self._tokenizer = encoder, build_tokenizer()
        self._known: dict[str, tuple[torch.Tensor, int]] = {}

    def __call__(self, captions: Sequence[str], rng: random.Random) -> tuple[torch.Tensor, torch.Tensor]:
        """Embeddings (N, 10, 128) and the additive attention bias (N, 1, 1, 10) that hides what is cut."""
        rows = [self._embed(caption) for caption in captions]
        # An empty caption is cut to the length of some prompt that it is the negative of.
        counts = torch.tensor(
            [rng.randint(5, PROMPT_TOKENS) if not c else n for c, (_, n) in zip(captions, rows, strict=True)]
        )
        hidden = torch.arange(PROMPT_TOKENS)[None] >= counts[:, None]
        return torch.stack([embedding for embedding, _ in rows]), (hidden * -1e4)[:, None, None]

    @torch.no_grad()
    def _embed(self, caption: str) -> tuple[torch.Tensor, int]:
        if caption not in self._known:
            batch = self._tokenizer(
                [caption], padding="max_length", max_length=PROMPT_TOKENS, return_tensors="pt"
            )
            states = self._encoder(batch.input_ids, attention_mask=batch.attention_mask).last_hidden_state
            self._known[caption] = states[0], int(batch.attention_mask.sum())
        return self._known[caption]


def _labelled_caption(rng: random.Random) -> tuple[str, list[int]]:
    scene = sample_scene(rng)
    caption = training_caption(scene, rng) if rng.random() > 0.03 else ""
    return caption, _labels(scene, caption)


def _labels(scene: Scene, caption: str) -> list[int]:
    values = (scene.color, scene.background if "background" in caption else None, scene.shape, scene.motion)
    spoken = [value is not None and value in caption for value in values]
    return [
        answers.index(value) if present else len(answers)
        for answers, value, present in zip(_ANSWERS, values, spoken, strict=True)
    ]
