"""The closed vocabulary of a model that was taught few words. Knows no tokenizer."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """All words that a model was taught, and prompts made of them."""

    words: tuple[str, ...]
    examples: tuple[str, ...]

    @property
    def example(self) -> str:
        """The prompt to begin with."""
        return self.examples[0]


def unknown(prompt: str, words: Container[str]) -> list[str]:
    """The words of a prompt that are not among these, in order, without repeats."""
    tokens = re.findall(r"[^\s,.;:!?]+", prompt.lower())
    return list(dict.fromkeys(word for word in tokens if word not in words))
