"""What each number of a request may be, and why: read as it should be, or refused in one sentence.

50.0 is read as 50: number boxes and JSON writers send it so. Knows no model and no request.
"""

from __future__ import annotations

from typing import Any

from teacache.errors import Phrase, RequestError
from teacache.runs.suits import shown

MAX_PROMPT = 2_000  # characters; the longest text encoder in use (Wan, 512 tokens) reads about as much
MAX_SEED = 2**32 - 1  # what numpy, torch and a number box all hold exactly
STEPS = (2, 200)  # one step has nothing to reuse; beyond 200 a schedule of 1000 training steps gains nothing
GUIDANCE = (1.0, 30.0)  # 1 means none, and diffusers treats anything below as 1; above 30 clips only burn out
SIDE = (16, 2048)  # pixels
SECONDS = (0.1, 30.0)  # of a sound; TangoFlux was trained for the longest, and makes 30 seconds but for 0.05
FRAMES = (1, 408)  # the longest clip that Open-Sora was trained for; no other model makes a longer one

_WHY_STEPS = Phrase("a single step has nothing to reuse and more than 200 change nothing that can be seen")


def seed(value: Any) -> int:
    """Of the noise. Raises RequestError."""
    return whole(Phrase("The seed"), value, (0, MAX_SEED), Phrase("it has to fit 32 bits"))


def steps(value: Any) -> int:
    """Of the scheduler. Raises RequestError."""
    return whole(Phrase("The number of steps"), value, STEPS, _WHY_STEPS)


def frames(value: Any) -> int:
    """Of a clip; 1 is a picture. Raises RequestError."""
    return whole(Phrase("The number of frames"), value, FRAMES, Phrase("a clip is short"))


def height(value: Any) -> int:
    """In pixels. Raises RequestError."""
    return whole(Phrase("The height"), value, SIDE, Phrase("in pixels"))


def width(value: Any) -> int:
    """In pixels. Raises RequestError."""
    return whole(Phrase("The width"), value, SIDE, Phrase("in pixels"))


def guidance(value: Any) -> float:
    """Strength of classifier-free guidance. Raises RequestError."""
    low, high = GUIDANCE
    if not _is_within(value, GUIDANCE):
        raise RequestError(
            "The guidance is {value}, but must be a number from {low:g} to {high:g}: 1 switches guidance off "
            "and values above 30 only burn the clip out.",
            value=shown(value),
            low=low,
            high=high,
        )
    return float(value)


def seconds(value: Any) -> float:
    """The length of a sound. Raises RequestError."""
    low, high = SECONDS
    if not _is_within(value, SECONDS):
        raise RequestError(
            "The length is {value}, but must be a number of seconds from {low:g} to {high:g}: this model was "
            "trained for no longer sounds.",
            value=shown(value),
            low=low,
            high=high,
        )
    return float(value)


def whole(what: Phrase, value: Any, limits: tuple[int, int], why: Phrase) -> int:
    """The value as a whole number within limits, 50.0 too. Raises RequestError that says why they are."""
    low, high = limits
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or not _is_within(value, limits):
        raise RequestError(
            "{what} is {value}, but must be a whole number from {low} to {high}: {why}.",
            what=what,
            value=shown(value),
            low=low,
            high=high,
            why=why,
        )
    return int(value)


def _is_within(value: Any, limits: tuple[float, float]) -> bool:
    """Whether it is a number from the lower to the upper one; nan is not."""
    if isinstance(value, bool):  # an int to Python, not to people
        return False
    return isinstance(value, int | float) and limits[0] <= value <= limits[1]
