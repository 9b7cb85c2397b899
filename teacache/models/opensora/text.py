"""A prompt as Open-Sora 1.2 wants to read it: scored, then cleaned. Knows strings only."""

from __future__ import annotations

from teacache.models.captions import clean_caption


def prepared(
    prompt: str,
    *,
    aesthetic_score: float | None = 6.5,
    motion_score: float | None = None,
    camera_motion: str | None = None,
) -> str:
    """The text for the tokenizer.

    Scores are part of the text in training (hpcaitech/Open-Sora v1.2.0, `opensora/utils/inference_utils.py`):
    6.5 is the authors' aesthetic score; `motion_score`, about 0 to 100, and `camera_motion`, e.g. "pan left",
    are left out by default. What the prompt already says is not said again.
    """
    notes = {
        "aesthetic score:": None if aesthetic_score is None else f"{aesthetic_score:.1f}",
        "motion score:": None if motion_score is None else f"{motion_score:.1f}",
        "camera motion:": camera_motion,
    }
    for words, value in notes.items():
        if value is not None and words not in prompt:
            prompt = f"{prompt} {words} {value}."
    return clean_caption(prompt)
