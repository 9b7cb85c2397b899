"""Shapes: the small text-to-video model that ships with the project, and everything needed to train it again.

Importing this package imports no torch, so that words and example prompts are cheap to read.
"""

from teacache.models.shapes.data import VOCABULARY, caption, example_prompts, unknown_words

__all__ = ["VOCABULARY", "caption", "example_prompts", "unknown_words"]
