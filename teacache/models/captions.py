"""The caption cleaning that Open-Sora and Open-Sora-Plan prompts go through before the tokenizer.

Both took it from DeepFloyd IF, whose rules ship with diffusers: they drop addresses, markup, file names and
shop talk, and lower the case. Knows text only.
"""

from __future__ import annotations

from diffusers import LattePipeline


def clean_caption(text: str) -> str:
    """The text as the models were trained to read it: cleaned twice, as the authors' pipelines do.

    Once is not enough where one rule uncovers what another removes. Characters outside the training text
    (Chinese, for one) vanish without a word, as they do for the authors.
    """
    clean = LattePipeline._clean_caption  # needs nothing of a pipeline but the class's table of punctuation
    return clean(LattePipeline, clean(LattePipeline, text))
