"""Whether what is asked suits the model: image, schedule, size, words. Knows no limits of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from teacache.errors import Phrase, RequestError
from teacache.method.settings import Settings
from teacache.models.families import family_of
from teacache.models.vocabulary import Vocabulary, unknown
from teacache.runs.defaults import Defaults

if TYPE_CHECKING:
    from teacache.runs.request import Checked


def check_image(request: Checked, defaults: Defaults) -> None:
    """An image where the model takes one, and nowhere else; read now, to refuse a bad one at once."""
    if family_of(defaults.pipeline).kind != "image_to_video":
        if request.image is not None:
            raise RequestError("This model makes clips from words alone: leave the image out.")
        return
    if request.image is None or request.image == "":
        raise RequestError("This model brings an image to life: give one.")
    from teacache.runs import picture  # Pillow is a slow import, needed for these models only

    picture.read(request.image)


def check_settings(request: Checked) -> None:
    if not isinstance(request.settings, Settings):
        raise RequestError("There are no settings: give Settings(threshold=...), 0 switches the cache off.")
    schedule = request.settings.schedule
    if schedule is not None and len(schedule) != request.steps:
        raise RequestError(
            "The fixed schedule has {given} steps, but the run {steps}: give one for each.",
            given=len(schedule),
            steps=request.steps,
        )


def check_trained_size(request: Checked, defaults: Defaults) -> None:
    """A size that was trained, where a model makes no other, or no other length."""
    trained = (defaults.frames, defaults.height, defaults.width)
    if defaults.only_size and request.size != trained:
        wanted, size = (
            Phrase("{width}x{height} pixels and {frames} frames", width=w, height=h, frames=f)
            for f, h, w in (trained, request.size)
        )
        raise RequestError(
            "{title} was trained for {wanted} and cannot make {given}: leave the size alone.",
            title=defaults.title,
            wanted=wanted,
            given=size,
        )
    if family_of(defaults.pipeline).one_length and request.frames != defaults.frames:
        raise RequestError(
            "This model makes clips of {wanted} frames, not of {given}: leave it so.",
            wanted=defaults.frames,
            given=request.frames,
        )


def check_words(prompt: str, title: str, vocabulary: Vocabulary) -> None:
    unknown_words = unknown(prompt, vocabulary.words)
    if unknown_words:
        named = ", ".join(repr(shown(word)) for word in unknown_words[:5])
        named = Phrase("{words} and others", words=named) if len(unknown_words) > 5 else named
        raise RequestError(
            "{title} does not know the {noun} {some}: it knows only {known}.",
            title=title,
            noun=Phrase("word") if len(unknown_words) == 1 else Phrase("words"),
            some=named,
            known=", ".join(vocabulary.words),
        )
    if not any(character.isalpha() for character in prompt):  # punctuation is no word
        raise RequestError('The prompt holds no word: try "{example}".', example=vocabulary.example)


def shown(value: Any) -> str:
    """A value as a sentence names it: no longer than it takes to know it again."""
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "..."
