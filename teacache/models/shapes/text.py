"""The text side: a T5 tokenizer of our words only, and a tiny T5 encoder taught which word says what of what.

Knows captions; knows nothing of latents or denoising.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
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
from teacache.models.training.optim import learning_rate_scale

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
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), *[("▁" + word, -1.0) for word in WORDS]]
    extra = TOKENIZER_SIZE - len(pieces)
    pieces += [(f"<extra_id_{extra - 1 - i}>", 0.0) for i in range(extra)]
    return T5Tokenizer(vocab=pieces, extra_ids=extra, model_max_length=120)


def build_text_encoder() -> T5EncoderModel:
    """An untrained T5 encoder of 0.33 million parameters."""
    config = T5Config(
        vocab_size=TOKENIZER_SIZE, d_model=TEXT_WIDTH, d_kv=32, d_ff=256, num_layers=2, num_heads=4,
        feed_forward_proj="gated-gelu", dropout_rate=0.0, is_encoder_decoder=False, use_cache=False,
    )  # fmt: skip
    return T5EncoderModel(config)


def pretrain_text_encoder(
    *, steps: int, seed: int, report: Callable[[int, dict[str, float]], None]
) -> T5EncoderModel:
    """Teach every token to tell all four attributes of its caption, so that "red" means *whose* red it is.

    Trained together with the denoiser from scratch, the text stays a bag of words.
    """
    torch.manual_seed(seed)
    rng, tokenizer, encoder = random.Random(f"{seed}/text"), build_tokenizer(), build_text_encoder()
    head = torch.nn.Linear(TEXT_WIDTH, sum(len(answers) + 1 for answers in _ANSWERS))
    parameters = [*encoder.parameters(), *head.parameters()]
    optimizer = torch.optim.AdamW(parameters, betas=(0.9, 0.98), weight_decay=0.01)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = 2e-3 * learning_rate_scale(step, steps=steps, warmup=50, decay=1.0)
        captions, labels = _labelled_captions(128, rng)
        batch = tokenizer(captions, padding=True, return_tensors="pt")
        loss, right = _attribute_loss(head(encoder(**batch).last_hidden_state), batch.attention_mask, labels)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        report(step + 1, {"loss": loss.item(), "accuracy": right})
    return encoder.eval().requires_grad_(False)


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


def _labelled_captions(count: int, rng: random.Random) -> tuple[list[str], torch.Tensor]:
    scenes = [sample_scene(rng) for _ in range(count)]
    captions = [training_caption(scene, rng) if rng.random() > 0.03 else "" for scene in scenes]
    return captions, torch.tensor(
        [_labels(scene, said) for scene, said in zip(scenes, captions, strict=True)]
    )


def _labels(scene: Scene, said: str) -> list[int]:
    values = (scene.color, scene.background if "background" in said else None, scene.shape, scene.motion)
    spoken = [value is not None and value in said for value in values]
    return [
        answers.index(value) if known else len(answers)
        for answers, value, known in zip(_ANSWERS, values, spoken, strict=True)
    ]


def _attribute_loss(
    scores: torch.Tensor, mask: torch.Tensor, labels: torch.Tensor
) -> tuple[torch.Tensor, float]:
    per_token = scores[mask.bool()].split([len(answers) + 1 for answers in _ANSWERS], dim=1)
    wanted = labels.repeat_interleave(mask.sum(1), 0).unbind(1)
    loss = sum(F.cross_entropy(guess, label) for guess, label in zip(per_token, wanted, strict=True))
    right = [
        (guess.argmax(1) == label).float().mean().item()
        for guess, label in zip(per_token, wanted, strict=True)
    ]
    return loss, min(right)
