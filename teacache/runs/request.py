"""What a person asks for: prompt, seed, steps, size or length, guidance, settings; checked before it is run.

Knows limits and the reason for each; knows no pipeline and no file. Every refusal is one sentence that says
what to change.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Protocol

from teacache.errors import Phrase, RequestError, SettingsError
from teacache.method.gate import Settings
from teacache.runs.sizes import rule_of

if TYPE_CHECKING:
    from teacache.runs.picture import Source

MAX_PROMPT = 2_000  # characters; the longest text encoder in use (Wan, 512 tokens) reads about as much
MAX_SEED = 2**32 - 1  # what numpy, torch and a number box all hold exactly
STEPS = (2, 200)  # one step has nothing to reuse; beyond 200 a schedule of 1000 training steps gains nothing
GUIDANCE = (1.0, 30.0)  # 1 means none, and diffusers treats anything below as 1; above 30 clips only burn out
SIDE = (16, 2048)  # pixels
SECONDS = (0.1, 30.0)  # of a sound; TangoFlux was trained for the longest, and makes 30 seconds but for 0.05
FRAMES = (1, 408)  # the longest clip that Open-Sora was trained for; no other model makes a longer one


class Defaults(Protocol):
    """What a request takes from a model where it is silent; a catalog card is one."""

    name: str
    pipeline: str
    steps: int
    frames: int
    height: int
    width: int
    guidance_scale: float


@dataclass(frozen=True, kw_only=True)
class Request:
    """One comparison as asked for. None means the model's own default; `checked` fills it in.

    Whoever loads the model goes by `model`; `checked` then writes down the name of the model at hand.
    """

    model: str = "shapes"
    prompt: str
    seed: int = 0
    steps: int | None = None
    guidance_scale: float | None = None
    frames: int | None = None
    height: int | None = None  # pixels; of a sound, of the picture that shows it
    width: int | None = None  # pixels
    seconds: float | None = None  # of a sound; None for models of pictures
    settings: Settings = field(default_factory=lambda: Settings(threshold=0.1))
    # run the blocks on reused calls too, to record the true distances: slower, and so never a timing
    probe: bool = False
    cache_device: str | None = None  # where residuals are kept; None: where they are made. Changes no bit
    image: Source | None = None  # a file or a PIL image, for image-to-video models; JSON has its name only

    def checked(self, defaults: Defaults) -> Request:
        """The same request with every default filled in and every value within its limits.

        Raises RequestError, one sentence that names the value and says what to change.
        """
        filled = replace(
            self,
            model=defaults.name,
            prompt=_prompt(self.prompt),
            seed=whole(Phrase("The seed"), self.seed, (0, MAX_SEED), Phrase("it has to fit 32 bits")),
            steps=whole(Phrase("The number of steps"), _or(self.steps, defaults.steps), STEPS, _WHY_STEPS),
            guidance_scale=_guidance(_or(self.guidance_scale, defaults.guidance_scale)),
            frames=whole(
                Phrase("The number of frames"),
                _or(self.frames, defaults.frames),
                FRAMES,
                Phrase("a clip is short"),
            ),
            height=whole(Phrase("The height"), _or(self.height, defaults.height), SIDE, Phrase("in pixels")),
            width=whole(Phrase("The width"), _or(self.width, defaults.width), SIDE, Phrase("in pixels")),
            seconds=_seconds(self.seconds, getattr(defaults, "seconds", None)),
        )
        rule_of(defaults.pipeline).check(*filled.size)
        _check_image(filled, defaults)
        _check_settings(filled)
        _check_trained_size(filled, defaults)
        if defaults.name == "shapes":
            _check_words(filled.prompt)
        return filled

    def sized(self, defaults: Any, demo: bool) -> Request:
        """The request at the model's demo size, and of as many steps where it names none, if `demo`."""
        small = getattr(defaults, "demo", None)
        if not demo or small is None:
            return self
        extent = {"frames": small.frames, "height": small.height, "width": small.width}
        return replace(self, steps=_or(self.steps, small.steps), **extent)

    @property
    def size(self) -> tuple[int | None, int | None, int | None]:
        """Frames, height, width."""
        return self.frames, self.height, self.width

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, one key per field."""
        values = {f.name: getattr(self, f.name) for f in fields(self)} | {"settings": self.settings.to_json()}
        for name in ("seconds", "cache_device", "image"):
            if values[name] is None:
                del values[name]  # as in files written before there were any
        if self.image is None:
            return values
        from teacache.runs.picture import name_of

        return values | {"image": name_of(self.image)}

    @classmethod
    def from_json(cls, data: Any) -> Request:
        """Inverse of `to_json`. Raises RequestError if it is not a request; limits belong to `checked`."""
        if not isinstance(data, dict):
            raise RequestError("The request must be a JSON object.")
        for name in data:
            if name not in _KINDS and name != "settings":
                raise RequestError("{name} is not a field of a request.", name=name)
        if not isinstance(data.get("prompt"), str):
            raise RequestError("The request has no prompt.")
        for name, kinds in _KINDS.items():
            if name in data and not _is(data[name], kinds):
                raise RequestError("{name} of the request cannot be {value!r}.", name=name, value=data[name])
        try:
            settings = Settings.from_json(data["settings"]) if "settings" in data else Settings(threshold=0.1)
        except (SettingsError, TypeError, AttributeError) as error:
            raise RequestError("settings of the request: {error}", error=error) from error
        return cls(**{**data, "settings": settings})


_WHY_STEPS = Phrase("a single step has nothing to reuse and more than 200 change nothing that can be seen")
_KINDS: dict[str, tuple[type, ...]] = {
    "model": (str,),
    "prompt": (str,),
    "seed": (int,),
    "steps": (int, type(None)),
    "guidance_scale": (int, float, type(None)),
    "frames": (int, type(None)),
    "height": (int, type(None)),
    "width": (int, type(None)),
    "seconds": (int, float, type(None)),
    "probe": (bool,),
    "cache_device": (str, type(None)),
    "image": (str, type(None)),
}


def _is(value: Any, kinds: tuple[type, ...]) -> bool:
    if isinstance(value, bool):  # a bool is an int to Python, not to people
        return bool in kinds
    return isinstance(value, kinds) and not (isinstance(value, float) and not math.isfinite(value))


def _or(value: Any, default: Any) -> Any:
    return default if value is None else value


def _prompt(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise RequestError(
            "The prompt is empty: say in a few words what the clip should show.", key="prompt_empty"
        )
    prompt = value.strip()
    if len(prompt) > MAX_PROMPT:
        raise RequestError(
            "The prompt has {length} characters, but at most {most} are read: shorten it.",
            length=len(prompt),
            most=MAX_PROMPT,
        )
    if any(0xD800 <= ord(character) <= 0xDFFF for character in prompt):
        raise RequestError("The prompt holds half a character (a lone surrogate): type it again.")
    return prompt


def whole(what: Phrase, value: Any, limits: tuple[int, int], why: Phrase) -> int:
    """The value as a whole number within limits, 50.0 too. Raises RequestError that says why they are."""
    low, high = limits
    if isinstance(value, float) and value.is_integer():  # number boxes and JSON writers send 50 as 50.0
        value = int(value)
    if not _is(value, (int,)) or not low <= value <= high:
        raise RequestError(
            "{what} is {value}, but must be a whole number from {low} to {high}: {why}.",
            what=what,
            value=_shown(value),
            low=low,
            high=high,
            why=why,
        )
    return value


def _guidance(value: Any) -> float:
    low, high = GUIDANCE
    if not _is(value, (int, float)) or not low <= value <= high:
        raise RequestError(
            "The guidance is {value}, but must be a number from {low:g} to {high:g}: 1 switches guidance off "
            "and values above 30 only burn the clip out.",
            value=_shown(value),
            low=low,
            high=high,
        )
    return float(value)


def _seconds(value: Any, default: float | None) -> float | None:
    """The length of a sound; None where the model makes none, which `default` tells."""
    if default is None:
        if value is not None:
            raise RequestError("This model makes pictures, no sound: leave the seconds out.")
        return None
    low, high = SECONDS
    asked = _or(value, default)
    if not _is(asked, (int, float)) or not low <= asked <= high:
        raise RequestError(
            "The length is {value}, but must be a number of seconds from {low:g} to {high:g}: this model was "
            "trained for no longer sounds.",
            value=_shown(asked),
            low=low,
            high=high,
        )
    return float(asked)


def _check_image(request: Request, defaults: Defaults) -> None:
    """An image where the model takes one, and nowhere else; read now, to refuse a bad one at once."""
    if getattr(defaults, "kind", "text_to_video") != "image_to_video":
        if request.image is not None:
            raise RequestError("This model makes clips from words alone: leave the image out.")
        return
    if request.image is None or request.image == "":
        raise RequestError("This model brings an image to life: give one.", key="image_missing")
    from teacache.runs import picture  # Pillow is a slow import, needed for these models only

    picture.read(request.image)


def _check_settings(request: Request) -> None:
    if not isinstance(request.settings, Settings):
        raise RequestError("There are no settings: give Settings(threshold=...), 0 switches the cache off.")
    schedule = request.settings.schedule
    if schedule is not None and len(schedule) != request.steps:
        raise RequestError(
            "The fixed schedule has {given} steps, but the run {steps}: give one for each.",
            given=len(schedule),
            steps=request.steps,
        )


def _check_trained_size(request: Request, defaults: Defaults) -> None:
    """Shapes knows one size; Latte's temporal position embedding has one entry per trained frame."""
    trained = (defaults.frames, defaults.height, defaults.width)
    if defaults.name == "shapes" and request.size != trained:
        wanted, given = (
            Phrase("{width}x{height} pixels and {frames} frames", width=w, height=h, frames=f)
            for f, h, w in (trained, request.size)
        )
        raise RequestError(
            "Shapes was trained for {wanted} and cannot make {given}: leave the size alone.",
            wanted=wanted,
            given=given,
        )
    if defaults.pipeline == "LattePipeline" and request.frames != defaults.frames:
        raise RequestError(
            "This model makes clips of {wanted} frames, not of {given}: leave it so.",
            wanted=defaults.frames,
            given=request.frames,
        )


def _check_words(prompt: str) -> None:
    from teacache.models.shapes import data  # only this model has a closed vocabulary

    unknown = data.unknown_words(prompt)
    if unknown:
        some = ", ".join(repr(_shown(word)) for word in unknown[:5])
        some = Phrase("{words} and others", words=some) if len(unknown) > 5 else some
        raise RequestError(
            "Shapes does not know the {noun} {some}: it knows only {known}.",
            noun=Phrase("word") if len(unknown) == 1 else Phrase("words"),
            some=some,
            known=", ".join(data.WORDS),
        )
    if not any(character.isalpha() for character in prompt):  # unknown_words passes over punctuation
        example = data.example_prompts()[0]
        raise RequestError('The prompt holds no word: try "{example}".', example=example)


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "..."
