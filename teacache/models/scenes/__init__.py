"""Scenes: a second small text-to-video model, of Wan's class, and everything needed to train it.

Importing this package imports no torch, so that words and example prompts are cheap to read.
"""

from teacache.models.scenes.data import VOCABULARY, caption, example_prompts, unknown_words

__all__ = ["VOCABULARY", "caption", "example_prompts", "unknown_words"]
